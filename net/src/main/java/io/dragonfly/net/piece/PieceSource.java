// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Optional;

/// What a [PieceServer] serves. Thread-safe; called from many connections at once.
public interface PieceSource {
    /// The version, if it is here and `secret` opens it. A wrong secret looks like an unknown
    /// version.
    Optional<Content> find(VersionId id, Secret secret);

    /// One version that blocks can be had from while it is being filled.
    interface Content {
        Geometry geometry();

        /// Digests of all blocks of the piece, once all are here.
        Optional<List<Sha256>> pieceBlocks(int piece);

        /// Waits for a block; see [io.dragonfly.net.piece.PieceSource.Await].
        Await await(int block, long timeoutNanos);

        /// Bytes of a block that is here; -1 where the block lies behind the end. Not asked for a
        /// block that may still come.
        int blockLength(int block);

        /// Checks, before a piece is served, that the bytes are still what was verified (size, time
        /// and inode of a file that an output is linked to).
        boolean intact();

        /// Sends bytes `offset .. offset+count` of a block that is here, as far as the target takes
        /// them; returns 0 where a non-blocking target takes nothing now.
        long transferTo(int block, int offset, int count, WritableByteChannel target)
                throws IOException;

        /// Fills `target` (position to limit) from `offset` of a block that is here. The default
        /// goes through [#transferTo]; a store that can read into the buffer directly should.
        ///
        /// @throws IOException where the block has fewer bytes than that, too
        default void read(int block, int offset, ByteBuffer target) throws IOException {
            BufferChannel channel = new BufferChannel(target);
            int from = offset;
            while (target.hasRemaining()) {
                long moved = transferTo(block, from, target.remaining(), channel);
                if (moved <= 0) {
                    throw new EOFException("block %d ends early".formatted(block));
                }
                from += (int) moved;
            }
        }

        /// Called when a request begins, so that the content is not evicted meanwhile.
        ///
        /// @return false where it is gone already: nothing else is asked then, and nothing released
        boolean retain();

        /// Called when a request ends that [#retain] allowed.
        void release();
    }

    /// A channel into a buffer.
    ///
    /// @param target takes what is written
    record BufferChannel(ByteBuffer target) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) {
            int n = Math.min(source.remaining(), target.remaining());
            target.put(target.position(), source, source.position(), n);
            target.position(target.position() + n);
            source.position(source.position() + n);
            return n;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /// The answers of [Content#await].
    enum Await {
        HERE,
        TIMEOUT,
        ENDED
    }
}
