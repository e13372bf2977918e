// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What is known of each block of a version: the digest it must have, the digest of what was here
/// before, and whether it is verified. Grows while the length is unknown.
final class BlockTable {
    private Geometry geometry;
    private @Nullable Sha256[] expected = new Sha256[64];
    private @Nullable Sha256[] recalled = new Sha256[64];
    private final Map<Integer, Sha256> pieceDigests = new HashMap<>();

    /// Verified by the supernode's digests and in the store.
    final BitSet verified = new BitSet();

    /// On their way into the store: accepted from a flow or taken over from what was here before.
    final BitSet storing = new BitSet();

    private int firstUnverified;

    BlockTable(Geometry geometry) {
        this.geometry = geometry;
    }

    Geometry geometry() {
        return geometry;
    }

    void lengthKnown(long length) {
        geometry = geometry.withLength(length);
    }

    void recall(int block, Sha256 digest) {
        recalled = grown(recalled, block);
        recalled[block] = digest;
    }

    void forget(int block) {
        if (block < recalled.length) {
            recalled[block] = null;
        }
    }

    @Nullable Sha256 recalled(int block) {
        return block < recalled.length ? recalled[block] : null;
    }

    @Nullable Sha256 expected(int block) {
        return block < expected.length ? expected[block] : null;
    }

    /// Remembers what the block must be; the first word counts.
    Sha256 expect(int block, Sha256 digest) {
        expected = grown(expected, block);
        Sha256 known = expected[block];
        if (known != null) {
            return known;
        }
        expected[block] = digest;
        return digest;
    }

    void expectPiece(int piece, Sha256 digest) {
        pieceDigests.put(piece, digest);
    }

    @Nullable Sha256 pieceDigest(int piece) {
        return pieceDigests.get(piece);
    }

    /// What the blocks of `piece` must be, or null while that is not known of all of them.
    @Nullable List<Sha256> expectedPiece(int piece) {
        int last = geometry.endBlockOfPiece(piece) - 1;
        List<Sha256> digests = new ArrayList<>();
        for (int b = geometry.firstBlockOfPiece(piece); b <= last; b++) {
            Sha256 digest = expected(b);
            if (digest == null) {
                return null;
            }
            digests.add(digest);
        }
        return digests;
    }

    /// Whether it is known what each block of the range must be.
    boolean knowsRange(int range) {
        for (int b = geometry.firstBlockOfRange(range); b < geometry.endBlockOfRange(range); b++) {
            if (expected(b) == null) {
                return false;
            }
        }
        return true;
    }

    boolean recalledIn(int range) {
        return firstRecalledOf(range) < geometry.endBlockOfRange(range);
    }

    /// The first block of the range that is here from before, or the end of the range.
    int firstRecalledOf(int range) {
        int block = geometry.firstBlockOfRange(range);
        while (block < geometry.endBlockOfRange(range) && recalled(block) == null) {
            block++;
        }
        return block;
    }

    /// The digests of what was here before for the whole of `piece`, or an empty list.
    List<Sha256> recalledPiece(int piece) {
        List<Sha256> digests = new ArrayList<>();
        for (int b = geometry.firstBlockOfPiece(piece); b < geometry.endBlockOfPiece(piece); b++) {
            Sha256 digest = recalled(b);
            if (digest == null) {
                return List.of();
            }
            digests.add(digest);
        }
        return digests;
    }

    void verified(int block) {
        storing.clear(block);
        forget(block);
        verified.set(block);
    }

    void lost(int block) {
        forget(block);
        verified.clear(block);
        firstUnverified = Math.min(firstUnverified, block);
    }

    /// First block that is not verified.
    int firstUnverified() {
        firstUnverified = verified.nextClearBit(firstUnverified);
        return firstUnverified;
    }

    boolean complete() {
        return geometry.lengthKnown() && firstUnverified() >= geometry.blocks();
    }

    boolean rangeVerified(int range) {
        int end = geometry.endBlockOfRange(range);
        return verified.nextClearBit(geometry.firstBlockOfRange(range)) >= end;
    }

    /// Whether a flow must bring the block: it is neither here nor, perhaps, here already.
    boolean missing(int block) {
        return !verified.get(block) && !storing.get(block) && recalled(block) == null;
    }

    private static @Nullable Sha256[] grown(@Nullable Sha256[] array, int index) {
        return index < array.length
                ? array
                : Arrays.copyOf(array, Math.max(index + 1, array.length * 2));
    }
}
