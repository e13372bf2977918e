// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.TaskSpec;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/// A reader over the real HTTP client, with a sleeper that only takes notes.
final class ReaderFixture implements AutoCloseable {
    /// Small, so that contents of a MiB have many blocks and pieces.
    static final int BLOCK = 4 << 10;

    static final ReaderSettings SETTINGS =
            new ReaderSettings(
                    4,
                    8 * BLOCK,
                    16 * BLOCK,
                    Long.MAX_VALUE,
                    3,
                    Duration.ofMillis(100),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    1);

    static final ReaderSettings ONE_CONNECTION =
            new ReaderSettings(
                    1,
                    8 * BLOCK,
                    16 * BLOCK,
                    Long.MAX_VALUE,
                    3,
                    Duration.ofMillis(100),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    1);

    final Origins origins;
    final OriginReader reader;
    final List<Duration> pauses = new CopyOnWriteArrayList<>();

    ReaderFixture(ReaderSettings settings) {
        this(settings, settings(Duration.ofSeconds(20)));
    }

    ReaderFixture(ReaderSettings settings, OriginSettings origin) {
        origins = Origins.load(origin);
        reader =
                new OriginReader(
                        origins,
                        settings,
                        new Random(1),
                        (time, _) -> pauses.add(time),
                        System::nanoTime);
    }

    static OriginSettings settings(Duration idle) {
        return new OriginSettings(
                List.of(), Map.of(), Duration.ofSeconds(20), idle, "dragonfly-test");
    }

    static Geometry geometry(long length) {
        return new Geometry(length, 4 * BLOCK, BLOCK, 2);
    }

    /// Opens and reads the whole content into `sink`.
    OpenedOrigin read(URI url, OriginReader.Sink sink) throws IOException {
        try (OpenedOrigin opened = reader.open(TaskSpec.of(url), null)) {
            opened.read(geometry(opened.length()), sink, _ -> {});
            return opened;
        }
    }

    byte[] read(URI url) throws IOException {
        CollectingSink sink = new CollectingSink();
        read(url, sink);
        return sink.bytes();
    }

    @Override
    public void close() {
        origins.close();
    }
}
