// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// The free space of the store's file system, less the reserve and less what was promised to
/// versions whose space could not be reserved in the file system itself. Thread-safe.
final class DiskSpace {
    private final FileLayer files;
    private final Path dir;
    private final long reserveBytes;
    private final AtomicLong promised = new AtomicLong();

    DiskSpace(FileLayer files, Path dir, long reserveBytes) {
        this.files = files;
        this.dir = dir;
        this.reserveBytes = reserveBytes;
    }

    long usableBytes() throws IOException {
        return Math.max(0, files.usableBytes(dir) - reserveBytes - promised.get());
    }

    /// @throws NoSpaceException where so much is not free
    void require(long bytes) throws IOException {
        long usable = usableBytes();
        if (usable < bytes) {
            throw new NoSpaceException(
                    String.format(
                            "the store %s has room for %d bytes, not for %d (%d are kept free)",
                            dir, usable, bytes, reserveBytes));
        }
    }

    /// Sets bytes aside (or gives them back, where negative) that nothing else knows of.
    void promise(long bytes) {
        promised.addAndGet(bytes);
    }
}
