// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadException;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.DownloadStatus.Failure;
import io.dragonfly.peer.DownloadStatus.Phase;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A swarm whose downloads all end in the same way.
final class FakeSwarm implements Swarm {
    private final DownloadStatus status;
    private final byte[] here;
    final List<DownloadRequest> requests = new CopyOnWriteArrayList<>();
    final AtomicInteger open = new AtomicInteger();

    /// @param here what can be read before it breaks off
    private FakeSwarm(DownloadStatus status, byte[] here) {
        this.status = status;
        this.here = here;
    }

    /// Fails at once.
    static FakeSwarm failing(String code) {
        Failure failure = new Failure(code, "as the test wants it");
        return new FakeSwarm(status(Phase.FAILED, -1, Map.of(), failure), new byte[0]);
    }

    /// Looks for a supernode.
    static FakeSwarm searching() {
        Map<String, Long> waits = Map.of("registration", 0L, "supernode", 0L);
        return new FakeSwarm(status(Phase.REGISTERING, -1, waits, null), new byte[0]);
    }

    /// Asks, and gets no answer.
    static FakeSwarm silent() {
        return new FakeSwarm(status(Phase.REGISTERING, -1, Map.of(), null), new byte[0]);
    }

    /// Has all of a content.
    static FakeSwarm whole(byte[] content) {
        return new FakeSwarm(status(Phase.DONE, content.length, Map.of(), null), content);
    }

    /// Has the first `here` bytes of a content, and gets no more.
    static FakeSwarm cut(byte[] content, int here) {
        return new FakeSwarm(
                status(Phase.RUNNING, content.length, Map.of(), null),
                java.util.Arrays.copyOf(content, here));
    }

    private static DownloadStatus status(
            Phase phase, long length, Map<String, Long> waits, @Nullable Failure failure) {
        return new DownloadStatus(
                1,
                phase,
                "task",
                "version",
                length,
                0,
                0,
                0,
                0,
                0,
                "application/octet-stream",
                "\"tag\"",
                "",
                waits,
                Map.of(),
                failure);
    }

    @Override
    public Download download(DownloadRequest request) {
        requests.add(request);
        open.incrementAndGet();
        return new Fake();
    }

    private final class Fake implements Download {
        @Override
        public String id() {
            return "1";
        }

        @Override
        public DownloadStatus status() {
            return status;
        }

        @Override
        public DownloadStatus awaitChange(long sequence, long timeoutNanos) {
            try {
                // Nothing ever changes.
                boolean changed = new CountDownLatch(1).await(timeoutNanos, TimeUnit.NANOSECONDS);
                return changed ? status() : status;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public InputStream open() {
            return open(0, Long.MAX_VALUE);
        }

        @Override
        public InputStream open(long offset, long stallNanos) {
            int from = (int) Math.min(offset, here.length);
            return new ByteArrayInputStream(here, from, here.length - from) {
                @Override
                public int read(byte[] target) throws IOException {
                    int count = super.read(target, 0, target.length);
                    if (count < 0) {
                        throw new DownloadException(new Failure("stalled", "no byte came"));
                    }
                    return count;
                }
            };
        }

        @Override
        public InputStream openVerified() {
            return new ByteArrayInputStream(here);
        }

        @Override
        public Optional<Path> contentFile() {
            return Optional.empty();
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }
}
