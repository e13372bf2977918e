// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Locale;

/// An open file of this machine.
final class RealFile implements StoreFile {
    private final Path path;
    private final FileChannel channel;
    private final SpaceReserver reserver;

    RealFile(Path path, FileChannel channel, SpaceReserver reserver) {
        this.path = path;
        this.channel = channel;
        this.reserver = reserver;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public boolean preallocate(long from, long count) throws IOException {
        return count == 0 || reserver.reserve(path, from, count);
    }

    @Override
    public void read(ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int read = channel.read(target, at);
            if (read < 0) {
                throw new EOFException(path + " ends at " + at);
            }
            at += read;
        }
    }

    @Override
    public void write(ByteBuffer data, long position) throws IOException {
        long at = position;
        try {
            while (data.hasRemaining()) {
                at += channel.write(data, at);
            }
        } catch (IOException e) {
            throw isFull(e, data.remaining()) ? noSpace(e) : e;
        }
    }

    /// The JDK has no type for a full disk, and the system's message may be in any language: so a
    /// missing room counts, too.
    private boolean isFull(IOException e, int missing) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left")
                || message.contains("quota exceeded")
                || (channel.isOpen() && path.toFile().getUsableSpace() < missing);
    }

    private NoSpaceException noSpace(IOException e) {
        NoSpaceException full = new NoSpaceException("the disk of " + path + " is full");
        full.initCause(e);
        return full;
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
            throws IOException {
        return channel.transferTo(position, count, target);
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
