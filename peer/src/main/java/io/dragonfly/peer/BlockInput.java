// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// Bytes of a content, read block by block into one buffer. Used by one thread.
abstract sealed class BlockInput extends InputStream permits DownloadInput, VerifiedInput {
    /// What is left of the block that was loaded last.
    private ByteBuffer current = ByteBuffer.allocate(0);

    /// Loads the next block; false at the end.
    abstract boolean nextBlock() throws IOException;

    /// Makes `block` what is read next.
    ///
    /// @param skipped so many of its bytes are not wanted
    final void load(Content content, int block, int skipped) throws IOException {
        int length = content.geometry().blockLength(block);
        if (current.capacity() < length) {
            current = ByteBuffer.allocate(content.geometry().blockSize());
        }
        current.clear().limit(length);
        content.read(block, current);
        current.flip().position(Math.min(skipped, length));
    }

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public final int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!current.hasRemaining() && !nextBlock()) {
            return -1;
        }
        int count = Math.min(length, current.remaining());
        current.get(target, offset, count);
        return count;
    }

    @Override
    public final int available() {
        return current.remaining();
    }
}
