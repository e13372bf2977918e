// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Sha256;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Gets what a parent sends for one [RangeRequest], on the thread of the fetch.
public interface RangeReceiver {
    /// All block digests of the piece, unverified: to be checked against the piece digest.
    ///
    /// @return false to end the fetch (they do not match)
    boolean digests(List<Sha256> blocks);

    /// One block, unverified, position to limit; the buffer is valid during the call only.
    ///
    /// @return false to end the fetch (the range was taken over by another parent, or the block
    ///   does not match)
    boolean block(int block, ByteBuffer bytes) throws IOException;

    /// Bytes of a block came in (before it is whole): a sign of life, for rates and the watchdog.
    void received(int bytes);

    /// The parent lives but waits for its own upstream.
    void waiting();
}
