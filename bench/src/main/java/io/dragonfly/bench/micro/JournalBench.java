// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.micro;

import io.dragonfly.core.model.Encoding;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.storage.DiskStore;
import io.dragonfly.storage.DiskStoreSettings;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Storing a block: a write into the content file and one to the journal. With blocks of 1 KiB the
/// journal is most of it. Works in the directory of temporary files; nothing is forced. That every
/// 4095 blocks a content is deleted and another one created is in it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class JournalBench {
    private static final int BLOCKS = 4096;

    /// Bytes of a block.
    @Param({"1024", "262144"})
    public int block;

    private final ByteBuffer data = ByteBuffer.allocateDirect(Geometry.BLOCK_SIZE);
    private @Nullable Path dir;
    private @Nullable DiskStore store;
    private @Nullable StoredVersion version;
    private int next;
    private int contents;
    private Sha256 digest = Sha256.of(new byte[0]);

    @Setup(Level.Iteration)
    public void open() throws IOException {
        dir = Files.createTempDirectory("dragonfly-jmh");
        DiskStoreSettings settings =
                DiskStoreSettings.DEFAULT.withReserveBytes(0).withMaxDirtyBytes(Long.MAX_VALUE / 4);
        store = DiskStore.open(dir, settings, () -> Instant.EPOCH);
        digest = Sha256.of(data.clear().limit(block));
        begin();
    }

    private void begin() throws IOException {
        DiskStore open = Objects.requireNonNull(store);
        if (version != null && contents > 0) {
            open.delete(version.version().id());
        }
        Geometry geometry = new Geometry((long) BLOCKS * block, 16 * block, block, 4);
        VersionId id = new VersionId("%032x".formatted(contents++));
        version =
                open.create(
                        new Version(
                                id,
                                new TaskId("0".repeat(64)),
                                geometry,
                                Encoding.IDENTITY,
                                Validators.NONE,
                                ""));
        next = 0;
    }

    @Benchmark
    public void store() throws IOException {
        if (next == BLOCKS - 1) { // the last one would complete it, and have it synced
            begin();
        }
        Objects.requireNonNull(version).write(next++, digest, data.clear().limit(block));
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        Objects.requireNonNull(store).close();
        version = null;
        contents = 0;
        try (var files = Files.walk(Objects.requireNonNull(dir))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
