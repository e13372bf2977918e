// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.VersionId;

/// Asks a parent for blocks `firstBlock` up to (not including) `endBlock`, all of one piece.
///
/// @param wantsDigests whether the reply must bring the digests of all blocks of the piece (the
///   requester has the piece digest and not yet the block digests)
public record RangeRequest(
        VersionId version,
        Secret secret,
        int piece,
        int firstBlock,
        int endBlock,
        boolean wantsDigests) {}
