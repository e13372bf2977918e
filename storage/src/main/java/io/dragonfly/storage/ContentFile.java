// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Geometry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/// The file whose bytes are the content of one version, with room ahead of what is written.
/// Thread-safe.
final class ContentFile {
    private final FileLayer files;
    private final DiskSpace space;
    private final long growBytes;
    private final LazyFile file;
    private final long inode;

    private final ReentrantLock growLock = new ReentrantLock();

    /// Held while bytes are written: Linux lets one writer into a file at a time, and those who
    /// wait for that in the kernel spin on a processor that could hash or receive meanwhile.
    private final ReentrantLock writeLock = new ReentrantLock();

    /// Written under growLock only. Bytes from the start of the file that are reserved or promised.
    private volatile long allocated;

    private volatile long length = Geometry.UNKNOWN;

    /// Guarded by growLock: what of `allocated` is neither written nor reserved in the file system.
    private long promised;

    private volatile boolean promises;

    /// Guarded by growLock: what of the store's limit this content takes.
    private long held;

    private ContentFile(FileLayer files, DiskSpace space, long growBytes, LazyFile file)
            throws IOException {
        this.files = files;
        this.space = space;
        this.growBytes = growBytes;
        this.file = file;
        this.inode = files.stamp(file.path()).inode();
    }

    /// Creates the file and reserves its space.
    static ContentFile create(
            FileLayer files, DiskSpace space, long growBytes, Path path, Geometry geometry)
            throws IOException {
        LazyFile file = new LazyFile(files, path, files.create(path));
        try {
            ContentFile content = new ContentFile(files, space, growBytes, file);
            content.length = geometry.length();
            if (geometry.lengthKnown()) {
                content.allocate(geometry.length());
            }
            return content;
        } catch (IOException | RuntimeException e) {
            file.shut("it could not be created");
            throw e;
        }
    }

    /// Takes up the existing file of a version in that state.
    static ContentFile recovered(
            FileLayer files, DiskSpace space, long growBytes, LazyFile file, JournalState state)
            throws IOException {
        ContentFile content = new ContentFile(files, space, growBytes, file);
        Geometry geometry = state.version().geometry();
        content.length = geometry.length();
        long size = files.stamp(file.path()).size();
        if (geometry.lengthKnown() && size < geometry.length()) {
            // It was not reserved, or somebody cut it: at most so much is still to be written.
            content.promise(geometry.length() - size);
        }
        content.allocated = geometry.lengthKnown() ? geometry.length() : size;
        content.hold(content.allocated);
        return content;
    }

    LazyFile file() {
        return file;
    }

    void write(ByteBuffer data, long position) throws IOException {
        int bytes = data.remaining();
        if (position + bytes > allocated) {
            grow(position + bytes);
        }
        StoreFile open = file.acquire();
        writeLock.lock();
        try {
            open.write(data, position);
        } finally {
            writeLock.unlock();
            file.release();
        }
        if (promises) {
            promise(-bytes);
        }
    }

    private void grow(long end) throws IOException {
        growLock.lock();
        try {
            if (end > allocated && length == Geometry.UNKNOWN) {
                long step = Math.max(end - allocated, growBytes);
                if (space.usableBytes() < step) {
                    step = end - allocated;
                }
                allocate(allocated + step);
            }
        } finally {
            growLock.unlock();
        }
    }

    /// The end of the content was seen: makes the room exactly so long.
    void lengthKnown(long newLength) throws IOException {
        growLock.lock();
        try {
            if (newLength > allocated) {
                allocate(newLength);
            } else {
                truncate(newLength);
                if (promises) {
                    promise(newLength - allocated);
                }
                allocated = newLength;
                hold(newLength);
            }
            length = newLength;
        } finally {
            growLock.unlock();
        }
    }

    private void allocate(long end) throws IOException {
        growLock.lock();
        try {
            long count = end - allocated;
            space.require(count);
            StoreFile open = file.acquire();
            try {
                if (!open.preallocate(allocated, count)) {
                    promise(count);
                }
            } finally {
                file.release();
            }
            allocated = end;
            hold(end);
        } finally {
            growLock.unlock();
        }
    }

    private void promise(long bytes) {
        growLock.lock();
        try {
            long change = Math.max(bytes, -promised);
            promised += change;
            promises = promised > 0;
            space.promise(change);
        } finally {
            growLock.unlock();
        }
    }

    private void hold(long bytes) {
        growLock.lock();
        try {
            space.hold(bytes - held);
            held = bytes;
        } finally {
            growLock.unlock();
        }
    }

    /// Bytes that this content takes of the store's limit.
    long heldBytes() {
        return allocated;
    }

    /// Gives back what was promised and not used, and the share of the store's limit.
    void forgo() {
        promise(Long.MIN_VALUE);
        hold(0);
    }

    void read(ByteBuffer target, long position) throws IOException {
        StoreFile open = file.acquire();
        try {
            open.read(target, position);
        } finally {
            file.release();
        }
    }

    long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        StoreFile open = file.acquire();
        try {
            return open.transferTo(position, count, target);
        } finally {
            file.release();
        }
    }

    private void truncate(long size) throws IOException {
        StoreFile open = file.acquire();
        try {
            if (open.size() > size) {
                open.truncate(size);
            }
        } finally {
            file.release();
        }
    }

    void trim() throws IOException {
        if (length != Geometry.UNKNOWN) {
            truncate(length);
        }
    }

    FileStamp stamp() throws IOException {
        return files.stamp(file.path());
    }

    boolean sound() throws IOException {
        FileStamp stamp = stamp();
        return stamp.inode() == inode && stamp.size() == length;
    }

    boolean exclusive() throws IOException {
        try {
            return stamp().inode() == inode && files.links(file.path()) == 1;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /// What deleting the file would give back.
    long freedBytes() throws IOException {
        return exclusive() ? stamp().size() : 0;
    }
}
