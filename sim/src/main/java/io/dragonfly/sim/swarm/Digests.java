// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;

import java.util.BitSet;
import java.util.List;
import java.util.Map;

/// What a supernode tells of digests: those of blocks to who is on a piece that is still being
/// read, those of pieces to who has something from before.
final class Digests {
    private final SimSupernode supernode;

    Digests(SimSupernode supernode) {
        this.supernode = supernode;
    }

    /// The seed has a block.
    void blockRead(SimSwarm swarm, int block, Map<PeerId, SimStream> streams) {
        SimVersion version = swarm.version();
        boolean pieceKnown = swarm.blockRead(block);
        int piece = version.geometry().pieceOfBlock(block);
        if (!swarm.subscribers(piece).isEmpty()) {
            List<Sha256> digest = List.of(version.blocks().get(block));
            for (PeerId peer : swarm.subscribers(piece)) {
                SimStream to = streams.get(peer);
                if (to != null) {
                    push(to, version, new DownloadEvent.BlockDigestsKnown(block, digest), 1);
                }
            }
        }
        if (pieceKnown) {
            for (PeerId peer : swarm.takeClaimants(piece)) {
                SimStream to = streams.get(peer);
                if (to != null) {
                    sendPieceDigest(swarm, piece, to);
                }
            }
        }
    }

    void tellPieces(SimSwarm swarm, BitSet claimed, SimStream stream) {
        int range = claimed.nextSetBit(0);
        while (range >= 0) {
            int piece = swarm.version().geometry().pieceOfRange(range);
            if (swarm.pieceKnown(piece)) {
                sendPieceDigest(swarm, piece, stream);
            } else {
                swarm.claim(piece, stream.host.id());
            }
            range = claimed.nextSetBit((piece + 1) * swarm.version().geometry().rangesPerPiece());
        }
    }

    private void push(SimStream to, SimVersion version, DownloadEvent event, int digests) {
        int bytes = MessageSizes.DIGESTS + digests * MessageSizes.DIGEST;
        supernode.charge(1);
        to.toPeer(bytes, () -> to.host.event(supernode, version.id(), event));
    }

    void sendPieceDigest(SimSwarm swarm, int piece, SimStream to) {
        Sha256 digest = swarm.version().pieces().get(piece);
        push(to, swarm.version(), new DownloadEvent.PieceDigestKnown(piece, digest), 1);
    }

    void sendBlockDigests(SimSwarm swarm, int piece, SimStream to) {
        int block = swarm.version().geometry().firstBlockOfPiece(piece);
        int end = swarm.version().geometry().endBlockOfPiece(piece);
        int known = block;
        while (known < end && swarm.blockKnown(known)) {
            known++;
        }
        if (known > block) {
            List<Sha256> run = List.copyOf(swarm.version().blocks().subList(block, known));
            push(to, swarm.version(), new DownloadEvent.BlockDigestsKnown(block, run), run.size());
        }
    }
}
