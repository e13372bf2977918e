// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;

import java.io.IOException;
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

        /// Bytes of a block that is here; -1 where the block lies behind the end.
        int blockLength(int block);

        /// Checks, before a piece is served, that the bytes are still what was verified (size, time
        /// and inode of a file that an output is linked to).
        boolean intact();

        long transferTo(int block, int offset, int count, WritableByteChannel target)
                throws IOException;

        /// Reads a whole block into `target`, for when `transferTo` sends nothing.
        void read(int block, java.nio.ByteBuffer target) throws IOException;

        /// Called when a request begins and ends, so that the content is not evicted meanwhile.
        void retain();

        void release();
    }

    /// The answers of [Content#await].
    enum Await {
        HERE,
        TIMEOUT,
        ENDED
    }
}
