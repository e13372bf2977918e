// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.model.VersionNaming;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// The truth about one version of a content: what its blocks are. The bytes themselves do not
/// exist.
record SimVersion(
        int content, VersionId id, Geometry geometry, List<Sha256> blocks, List<Sha256> pieces) {
    SimVersion {
        blocks = List.copyOf(blocks);
        pieces = List.copyOf(pieces);
    }

    static SimVersion of(int content, Geometry geometry, RandomGenerator random) {
        List<Sha256> blocks = new ArrayList<>();
        byte[] bytes = new byte[Sha256.BYTES];
        for (int b = 0; b < geometry.blocks(); b++) {
            random.nextBytes(bytes);
            blocks.add(Sha256.copyOf(bytes, 0));
        }
        List<Sha256> pieces = new ArrayList<>();
        for (int p = 0; p < geometry.pieces(); p++) {
            pieces.add(Sha256.ofPiece(blocksOf(geometry, blocks, p)));
        }
        VersionId id = new VersionId(VersionNaming.randomHex(random));
        return new SimVersion(content, id, geometry, blocks, pieces);
    }

    List<Sha256> blocksOfPiece(int piece) {
        return blocksOf(geometry, blocks, piece);
    }

    private static List<Sha256> blocksOf(Geometry geometry, List<Sha256> blocks, int piece) {
        return blocks.subList(geometry.firstBlockOfPiece(piece), geometry.endBlockOfPiece(piece));
    }
}
