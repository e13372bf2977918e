// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/// The place of a Unix-domain socket in the file system: makes it ready before the bind and tidies
/// up afterwards. A lock beside the socket makes sure that of two processes that start at once only
/// one takes a dead one's socket away.
final class UnixSocket implements Closeable {
    /// The kernel allows 107 bytes; this leaves room for a name beside it.
    private static final int MAX_PATH_BYTES = 100;

    private static final Set<PosixFilePermission> OURS =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> SHARED =
            PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> ANYONE =
            PosixFilePermissions.fromString("rw-rw-rw-");

    private final Path path;
    private final boolean everyone;
    private final FileChannel lockFile;

    private UnixSocket(Path path, boolean everyone, FileChannel lockFile) {
        this.path = path;
        this.everyone = everyone;
        this.lockFile = lockFile;
    }

    /// Makes the directory, takes the lock and removes what a dead process left.
    ///
    /// @throws IOException where the path is too long, the directory is not ours, or somebody
    ///   listens there
    static UnixSocket prepare(Listen.Unix listen) throws IOException {
        Path path = listen.path().toAbsolutePath().normalize();
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_PATH_BYTES) {
            throw new IOException(
                    "the socket's path has %d bytes, at most %d; choose a shorter directory: %s"
                            .formatted(bytes, MAX_PATH_BYTES, path));
        }
        Path directory = path.getParent();
        if (directory == null) {
            throw new IOException("not a path for a socket: " + path);
        }
        directory(directory, listen.everyone());
        FileChannel lockFile = lock(path);
        try {
            removeStale(path);
            return new UnixSocket(path, listen.everyone(), lockFile);
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
    }

    private static void directory(Path directory, boolean everyone) throws IOException {
        Set<PosixFilePermission> mode = everyone ? SHARED : OURS;
        Path parent = directory.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(mode));
            Files.setPosixFilePermissions(directory, mode); // whatever the umask took away
        } catch (FileAlreadyExistsException _) {
            if (everyone) {
                return;
            }
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS)
                            .equals(self(directory))) {
                throw new IOException(
                        "the socket's directory belongs to somebody else: " + directory);
            }
            Files.setPosixFilePermissions(directory, OURS);
        }
    }

    private static UserPrincipal self(Path directory) throws IOException {
        Path proc = Path.of("/proc/self");
        if (Files.exists(proc)) {
            return Files.getOwner(proc);
        }
        return directory
                .getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName(System.getProperty("user.name"));
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel file =
                FileChannel.open(
                        path.resolveSibling(path.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException _) {
            // Held by this very process.
        } finally {
            if (lock == null) {
                file.close();
            }
        }
        if (lock == null) {
            throw inUse(path);
        }
        return file;
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        BasicFileAttributes file =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!file.isOther()) {
            throw new IOException("there is something that is no socket: " + path);
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException _) {
            Files.delete(path); // nobody listens: a dead process left it
            return;
        } catch (IOException e) {
            throw new IOException("cannot tell whether somebody listens on " + path, e);
        }
        throw inUse(path);
    }

    private static IOException inUse(Path path) {
        return new IOException("another process listens on " + path);
    }

    Path path() {
        return path;
    }

    /// After the bind.
    void bound() throws IOException {
        if (everyone) {
            Files.setPosixFilePermissions(path, ANYONE);
        }
    }

    /// After the last connection: removes the socket's file. The lock's file stays, for removing it
    /// would let a third process lock a file that nobody else sees.
    @Override
    public void close() throws IOException {
        try (lockFile) {
            Files.deleteIfExists(path);
        }
    }
}
