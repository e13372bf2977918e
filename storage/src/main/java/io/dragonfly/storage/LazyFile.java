// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/// A file that is opened at its first use and closed when its version rests, so that a cache of
/// thousands of versions does not hold thousands of descriptors. Thread-safe.
///
/// Every use is between [#acquire] and [#release]; a file in use is closed by [#shut] only.
final class LazyFile {
    private static final Logger log = LoggerFactory.getLogger(LazyFile.class);

    private final FileLayer files;
    private final Path path;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private @Nullable StoreFile file;
    private @Nullable String detached;
    private int users;
    private boolean resting;

    LazyFile(FileLayer files, Path path, @Nullable StoreFile file) {
        this.files = files;
        this.path = path;
        this.file = file;
    }

    Path path() {
        return path;
    }

    /// @throws IOException where the file cannot be opened, or was detached and is not open
    StoreFile acquire() throws IOException {
        lock.lock();
        try {
            StoreFile open = file;
            if (open == null) {
                if (detached != null) {
                    throw new IOException(path.getFileName() + ": " + detached);
                }
                open = files.open(path);
                file = open;
                resting = false;
            }
            users++;
            return open;
        } finally {
            lock.unlock();
        }
    }

    void release() {
        lock.lock();
        try {
            users--;
            closeIfUnused();
        } finally {
            lock.unlock();
        }
    }

    /// Makes what was written before the call survive a power cut.
    ///
    /// @throws SyncFailedException where written bytes may be lost; other exceptions say nothing of
    ///   them
    void force() throws IOException {
        StoreFile open = acquire();
        try {
            open.force();
        } catch (IOException e) {
            SyncFailedException failed = new SyncFailedException(path + ": " + e.getMessage());
            failed.initCause(e);
            throw failed;
        } finally {
            release();
        }
    }

    /// Closes the file as soon as nobody is at it; the next use opens it again.
    void rest() {
        lock.lock();
        try {
            resting = true;
            closeIfUnused();
        } finally {
            lock.unlock();
        }
    }

    /// From now on the path is not opened any more: another file may come to be there.
    void detach(String reason) {
        lock.lock();
        try {
            if (detached == null) {
                detached = reason;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Closes the file now; who is at it gets an [IOException].
    void shut(String reason) {
        lock.lock();
        try {
            detached = reason;
            close();
        } finally {
            lock.unlock();
        }
    }

    private void closeIfUnused() {
        if (resting && users == 0) {
            close();
        }
    }

    private void close() {
        StoreFile open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // What matters was written and synced by calls that would have failed.
                log.debug("closing {} failed: {}", path, e.toString());
            }
        }
    }
}
