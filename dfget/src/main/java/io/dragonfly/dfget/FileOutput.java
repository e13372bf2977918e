// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.Reason;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// A file that appears, or replaces another, at once and whole: written under a temporary name
/// beside it and renamed. `close` may come from another thread.
final class FileOutput implements Output {
    /// Less is no room for the next write.
    private static final long SMALL_BYTES = 1 << 20;

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean ended;

    private FileOutput(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    static FileOutput beside(Path target) throws IOException {
        Temporary temporary = Temporary.beside(target);
        return new FileOutput(target, temporary.path(), temporary.channel());
    }

    /// Makes sure that so many bytes can be written.
    ///
    /// @throws CommandFailure where the file system has no room for them
    void requireRoom(long bytes) {
        File place = temporary.toFile();
        long free = place.getUsableSpace();
        // File systems without a size of their own say 0.
        if (free < bytes && place.getTotalSpace() > 0) {
            throw new CommandFailure(
                    ExitCode.NO_SPACE,
                    "no room for "
                            + target
                            + ": it has "
                            + Units.bytes(bytes)
                            + ", and "
                            + Units.bytes(free)
                            + " are free there");
        }
    }

    /// Whether a write failed because the disk is full. The JDK has no type for that, and the
    /// system's message may be in any language: so a missing room counts, too.
    boolean isFull(IOException e) {
        return Reason.isNoSpace(e)
                || (channel.isOpen() && temporary.toFile().getUsableSpace() < SMALL_BYTES);
    }

    /// Device number of the file system it is on.
    long device() throws IOException {
        return ((Number) Files.getAttribute(temporary, "unix:dev")).longValue();
    }

    @Override
    public WritableByteChannel channel() {
        return channel;
    }

    /// Takes the store's file without copying: shares its blocks where the file system can, else is
    /// another name of the same file, with the permissions of a new file.
    ///
    /// @throws IOException where that is not possible here; the output is then as it was
    void take(Path contentFile) throws IOException {
        String type = Files.getFileStore(temporary).type();
        if (type.equals("btrfs") || type.equals("xfs")) {
            Files.copy(contentFile, temporary, StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(temporary);
        Path link = temporary.resolveSibling(temporary.getFileName() + ".link");
        Files.createLink(link, contentFile);
        try {
            Files.setPosixFilePermissions(link, permissions);
            Files.move(link, temporary, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(link);
        }
    }

    @Override
    public void commit() throws IOException {
        lock.lock();
        try {
            if (ended) {
                throw new IOException("the output was given up");
            }
            channel.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            // A rename between two names of one file does nothing and leaves both.
            Files.deleteIfExists(temporary);
            ended = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                channel.close();
                Files.deleteIfExists(temporary);
            }
        } finally {
            lock.unlock();
        }
    }
}
