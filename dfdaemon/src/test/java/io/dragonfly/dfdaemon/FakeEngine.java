// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadException;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.PeerLimits;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Downloads that a test moves by hand.
final class FakeEngine implements Engine {
    private final BlockingQueue<FakeDownload> started = new LinkedBlockingQueue<>();
    private final AtomicInteger ids = new AtomicInteger();
    final AtomicLong served = new AtomicLong();
    final AtomicLong received = new AtomicLong();
    volatile boolean closed;
    volatile @Nullable PeerLimits limits;

    @Override
    public void limits(PeerLimits changed) {
        limits = changed;
    }

    @Override
    public Download download(DownloadRequest request) {
        FakeDownload download = new FakeDownload("d" + ids.incrementAndGet(), request);
        started.add(download);
        return download;
    }

    /// The next download that was asked for.
    FakeDownload next() throws InterruptedException {
        return started.take();
    }

    @Override
    public long servedBytes() {
        return served.get();
    }

    @Override
    public long receivedBytes() {
        return received.get();
    }

    @Override
    public void close() {
        closed = true;
    }

    static final class FakeDownload implements Download {
        private final String id;
        private final DownloadRequest request;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private byte[] content = new byte[0];
        private @Nullable Path file;
        private boolean closed;
        private DownloadStatus status;

        private FakeDownload(String id, DownloadRequest request) {
            this.id = id;
            this.request = request;
            this.status = status(0, DownloadStatus.Phase.REGISTERING, -1, 0, null);
        }

        DownloadRequest request() {
            return request;
        }

        /// Some bytes are here.
        void verified(long length, byte[] bytes) {
            set(bytes, status(1, DownloadStatus.Phase.RUNNING, length, bytes.length, null));
        }

        void done(byte[] bytes, @Nullable Path contentFile) {
            lock.lock();
            try {
                file = contentFile;
                set(bytes, status(1, DownloadStatus.Phase.DONE, bytes.length, bytes.length, null));
            } finally {
                lock.unlock();
            }
        }

        void failed(String code, String message) {
            DownloadStatus.Failure failure = new DownloadStatus.Failure(code, message);
            set(content, status(1, DownloadStatus.Phase.FAILED, -1, 0, failure));
        }

        void awaitClosed() throws InterruptedException {
            lock.lock();
            try {
                while (!closed) {
                    changed.await();
                }
            } finally {
                lock.unlock();
            }
        }

        boolean isClosed() {
            lock.lock();
            try {
                return closed;
            } finally {
                lock.unlock();
            }
        }

        private DownloadStatus status(
                long more,
                DownloadStatus.Phase phase,
                long length,
                long count,
                DownloadStatus.@Nullable Failure failure) {
            long sequence = more == 0 ? 0 : status().sequence() + more;
            return new DownloadStatus(
                    sequence,
                    phase,
                    "task",
                    "version",
                    length,
                    count,
                    count,
                    0,
                    0,
                    0,
                    "text/plain",
                    "",
                    "",
                    Map.of(),
                    Map.of(),
                    failure);
        }

        private void set(byte[] bytes, DownloadStatus next) {
            lock.lock();
            try {
                content = bytes;
                status = next;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public DownloadStatus status() {
            lock.lock();
            try {
                return status;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public DownloadStatus awaitChange(long sequence, long timeoutNanos) {
            lock.lock();
            try {
                long left = timeoutNanos;
                while (status.sequence() == sequence && !closed && left > 0) {
                    left = changed.awaitNanos(left);
                }
                return status;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public InputStream open() {
            return new Reader();
        }

        @Override
        public InputStream open(long offset, long stallNanos) {
            Reader reader = new Reader();
            reader.position = Math.toIntExact(offset);
            return reader;
        }

        @Override
        public InputStream openVerified() {
            return new Reader();
        }

        @Override
        public Optional<Path> contentFile() {
            return Optional.ofNullable(file);
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private final class Reader extends InputStream {
            private int position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                lock.lock();
                try {
                    while (position == content.length && !status.ended() && !closed) {
                        changed.await(1, TimeUnit.MINUTES);
                    }
                    DownloadStatus.Failure failure = status.failure();
                    if (failure != null) {
                        throw new DownloadException(failure);
                    }
                    if (closed) {
                        throw new IOException("closed");
                    }
                    if (position == content.length) {
                        return -1;
                    }
                    byte[] part =
                            Arrays.copyOfRange(
                                    content, position, Math.min(content.length, position + length));
                    System.arraycopy(part, 0, into, offset, part.length);
                    position += part.length;
                    return part.length;
                } catch (InterruptedException e) {
                    throw new IOException(e);
                } finally {
                    lock.unlock();
                }
            }
        }
    }
}
