// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Geometry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The digest that the user gave, computed over the content in order while it arrives, so that
/// little is left to do when the last block is here. Used by one thread.
final class WholeDigest {
    private final Digest wanted;
    private MessageDigest running;
    private int nextBlock;

    WholeDigest(Digest wanted) {
        this.wanted = wanted;
        this.running = start(wanted);
    }

    private static MessageDigest start(Digest wanted) {
        try {
            return MessageDigest.getInstance(wanted.algorithm().jcaName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + wanted.algorithm(), e);
        }
    }

    /// Another content from its first block on.
    void restart(Content content) {
        running = start(wanted);
        nextBlock = 0;
        content.holdFrom(0);
    }

    /// Takes in the verified blocks that follow, as far as they are here.
    void advance(Content content) throws IOException {
        Geometry geometry = content.geometry();
        ByteBuffer data = ByteBuffer.allocate(geometry.blockSize());
        while ((!geometry.lengthKnown() || nextBlock < geometry.blocks())
                && content.verified(nextBlock)) {
            data.clear().limit(geometry.blockLength(nextBlock));
            content.read(nextBlock, data);
            running.update(data.flip());
            nextBlock++;
            content.holdFrom(nextBlock);
        }
    }

    /// Whether the complete content has the digest; ends this computation.
    boolean matches() {
        return HexFormat.of().formatHex(running.digest()).equals(wanted.hex());
    }

    String wanted() {
        return wanted.toString();
    }
}
