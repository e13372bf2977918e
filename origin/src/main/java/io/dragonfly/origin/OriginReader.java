// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Sha256;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Placeholder of the contract of the reader (to be implemented): reads one version of a content
/// from its origin, block by block, with one stream or several ranged ones.
public final class OriginReader {
    private OriginReader() {}

    /// Gets the blocks as they are read. Called from several threads, one block at a time per
    /// thread.
    public interface Sink {
        /// Whether the block is already here and need not be read (resume).
        boolean has(int block);

        /// One whole block (position to limit) and its digest; blocks when the sink is full.
        void block(int block, Sha256 digest, ByteBuffer bytes) throws IOException;

        /// The end of a content of unknown length was seen.
        void length(long length) throws IOException;
    }
}
