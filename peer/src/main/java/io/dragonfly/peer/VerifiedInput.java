// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// The verified bytes of a content from its start, up to the first that is not here. Waits for
/// nothing. Used by one thread.
final class VerifiedInput extends InputStream {
    private final @Nullable Content content;
    private int block;
    private ByteBuffer current = ByteBuffer.allocate(0);

    /// @param content null for none
    VerifiedInput(@Nullable Content content) {
        this.content = content;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
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

    private boolean nextBlock() throws IOException {
        Content whole = content;
        if (whole == null
                || (whole.geometry().lengthKnown() && block >= whole.geometry().blocks())
                || !whole.verified(block)) {
            return false;
        }
        int length = whole.geometry().blockLength(block);
        current = ByteBuffer.allocate(length);
        whole.read(block, current);
        current.flip();
        block++;
        return true;
    }
}
