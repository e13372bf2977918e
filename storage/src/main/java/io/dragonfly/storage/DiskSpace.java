// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// The free space of the store's file system, less the reserve and less what was promised to
/// versions whose space could not be reserved in the file system itself; and the limit on what the
/// store holds, where there is one. Thread-safe.
final class DiskSpace {
    private final FileLayer files;
    private final Path dir;
    private final long reserveBytes;
    private final long maxBytes;
    private final AtomicLong promised = new AtomicLong();
    private final AtomicLong held = new AtomicLong();

    /// @param maxBytes that all contents together may have
    DiskSpace(FileLayer files, Path dir, long reserveBytes, long maxBytes) {
        this.files = files;
        this.dir = dir;
        this.reserveBytes = reserveBytes;
        this.maxBytes = maxBytes;
    }

    long usableBytes() throws IOException {
        return Math.max(0, Math.min(diskBytes(), capBytes()));
    }

    /// What the file system has for us.
    long diskBytes() throws IOException {
        return Math.max(0, files.usableBytes(dir) - reserveBytes - promised.get());
    }

    /// What is left of the store's own limit; negative where it holds more than it may.
    long capBytes() {
        return maxBytes - held.get();
    }

    /// A content takes so much room of the store's limit (or gives it back, where negative).
    void hold(long bytes) {
        held.addAndGet(bytes);
    }

    /// @throws NoSpaceException where so much is not free
    void require(long bytes) throws IOException {
        long usable = usableBytes();
        if (usable < bytes) {
            String limit =
                    capBytes() < diskBytes()
                            ? "it may hold " + maxBytes
                            : reserveBytes + " are kept free";
            throw new NoSpaceException(
                    String.format(
                            "the store %s has room for %d bytes, not for %d (%s)",
                            dir, usable, bytes, limit));
        }
    }

    /// Sets bytes aside (or gives them back, where negative) that nothing else knows of.
    void promise(long bytes) {
        promised.addAndGet(bytes);
    }
}
