// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Geometry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicLong;

/// A version whose bytes are sent from a file, as a store does it.
final class FileContent extends TestContent {
    private final FileChannel file;
    private final AtomicLong emptyTransfers = new AtomicLong();

    FileContent(Geometry geometry, byte[] data, FileChannel file) throws IOException {
        super(geometry, data);
        this.file = file;
        file.write(ByteBuffer.wrap(data), 0);
    }

    /// How often a socket took nothing.
    long emptyTransfers() {
        return emptyTransfers.get();
    }

    @Override
    public long transferTo(int block, int offset, int count, WritableByteChannel target)
            throws IOException {
        long moved = file.transferTo(geometry().blockOffset(block) + offset, count, target);
        if (moved == 0 && target instanceof SocketChannel) {
            emptyTransfers.incrementAndGet();
        }
        return moved;
    }
}
