// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The file system of this machine.
final class RealFiles implements FileLayer {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Set<PosixFilePermission> FILE_MODE =
            PosixFilePermissions.fromString("rw-r--r--");
    private static final Set<PosixFilePermission> DIRECTORY_MODE =
            PosixFilePermissions.fromString("rwx------");

    /// The directories that this process has locked. Static because such a lock is the process's:
    /// it is not refused a second time, and closing any channel of the lock file would free it.
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    private final SpaceReserver reserver = new SpaceReserver();

    @Override
    public void createDirectory(Path dir) throws IOException {
        if (!Files.isDirectory(dir)) {
            Path parent = dir.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            try {
                Files.createDirectory(dir, PosixFilePermissions.asFileAttribute(DIRECTORY_MODE));
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(dir)) {
                    throw e;
                }
            }
        } else {
            // Whoever made it, what is in it may have been read with somebody's credentials.
            Files.setPosixFilePermissions(dir, DIRECTORY_MODE);
        }
    }

    @Override
    public Closeable lock(Path dir) throws IOException {
        Path home = dir.toRealPath();
        if (!LOCKED.add(home)) {
            throw inUse(dir);
        }
        FileChannel channel = null;
        try {
            channel =
                    FileChannel.open(
                            home.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw inUse(dir);
            }
        } catch (IOException e) {
            if (channel != null) {
                channel.close();
            }
            LOCKED.remove(home);
            throw e;
        }
        FileChannel locked = channel;
        return () -> {
            locked.close();
            LOCKED.remove(home);
        };
    }

    private static StoreInUseException inUse(Path dir) {
        return new StoreInUseException(
                "the store " + dir + " is in use by another process; stop it or name another home");
    }

    @Override
    public List<Path> list(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.sorted().toList();
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public StoreFile create(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        // Not left to the umask: an output linked to it is read by others.
        Files.setPosixFilePermissions(path, FILE_MODE);
        return new RealFile(path, channel, reserver);
    }

    @Override
    public StoreFile open(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new RealFile(path, channel, reserver);
    }

    @Override
    public boolean delete(Path path) throws IOException {
        return Files.deleteIfExists(path);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void syncDirectory(Path dir) throws IOException {
        try (FileChannel channel = FileChannel.open(dir, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public FileStamp stamp(Path path) throws IOException {
        Map<String, Object> facts = Files.readAttributes(path, "unix:size,lastModifiedTime,ino");
        FileTime modified = (FileTime) fact(facts, "lastModifiedTime");
        return new FileStamp(
                ((Number) fact(facts, "size")).longValue(),
                modified.to(TimeUnit.NANOSECONDS),
                ((Number) fact(facts, "ino")).longValue());
    }

    private static Object fact(Map<String, Object> facts, String name) {
        return Objects.requireNonNull(facts.get(name), name);
    }

    @Override
    public int links(Path path) throws IOException {
        return ((Number) Files.getAttribute(path, "unix:nlink")).intValue();
    }

    @Override
    public void setModified(Path path, long epochMillis) throws IOException {
        Files.setLastModifiedTime(path, FileTime.fromMillis(epochMillis));
    }

    @Override
    public long usableBytes(Path dir) {
        // Files.getFileStore would read the table of mounts each time.
        return dir.toFile().getUsableSpace();
    }

    @Override
    public String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
