// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// One caller's share in a [TaskDownload].
final class DownloadHandle implements Download {
    private final String id;
    private final TaskDownload download;
    private final LongSupplier nanoTime;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    DownloadHandle(String id, TaskDownload download, LongSupplier nanoTime, Runnable onClose) {
        this.id = id;
        this.download = download;
        this.nanoTime = nanoTime;
        this.onClose = onClose;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public DownloadStatus status() {
        return download.status();
    }

    @Override
    public DownloadStatus awaitChange(long sequence, long timeoutNanos) {
        return download.awaitChange(sequence, timeoutNanos);
    }

    @Override
    public InputStream open() {
        return open(0, Long.MAX_VALUE);
    }

    @Override
    public InputStream open(long offset, long stallNanos) {
        return new DownloadInput(download, offset, stallNanos, nanoTime);
    }

    @Override
    public InputStream openVerified() {
        return new VerifiedInput(download.content());
    }

    @Override
    public Optional<Path> contentFile() {
        return download.file();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }
}
