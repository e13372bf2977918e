// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What the supernode knows of one version beyond the scheduling: the digests, and who waits for
/// which of them. Owned by [SwarmLoop].
final class Swarm {
    private final SeedVersion seed;
    private Geometry geometry;
    private final List<@Nullable Sha256> blocks = new ArrayList<>();
    private final Map<Integer, Sha256> pieces = new TreeMap<>();

    /// Peers on a piece that the seed is still reading: they get each block digest as it is made.
    private final Map<Integer, Set<PeerId>> subscribers = new TreeMap<>();

    /// Peers that have a piece from before and want to know whether it is right.
    private final Map<Integer, Set<PeerId>> claimants = new TreeMap<>();

    final Set<PeerId> members = new LinkedHashSet<>();

    /// Members that still lack something.
    private final Set<PeerId> wanting = new LinkedHashSet<>();

    final Crowd crowd = new Crowd();

    Swarm(SeedVersion seed) {
        this.seed = seed;
        this.geometry = seed.geometry();
    }

    VersionId id() {
        return seed.version().id();
    }

    SeedVersion seed() {
        return seed;
    }

    Geometry geometry() {
        return geometry;
    }

    void lengthKnown(long length) {
        geometry = geometry.withLength(length);
    }

    int ranges() {
        return geometry.lengthKnown() ? geometry.ranges() : -1;
    }

    /// Takes the digest of a block in.
    ///
    /// @return the digest of its piece if that is known now and was not before
    @Nullable Sha256 blockRead(int block, Sha256 digest) {
        while (blocks.size() <= block) {
            blocks.add(null);
        }
        blocks.set(block, digest);
        return pieceNow(geometry.pieceOfBlock(block));
    }

    private @Nullable Sha256 pieceNow(int piece) {
        int end = geometry.endBlockOfPiece(piece);
        // While the length is unknown a full last piece cannot be told from one that goes on: its
        // digest is the same either way, because pieces are cut at fixed places.
        List<Sha256> digests = blockDigests(geometry.firstBlockOfPiece(piece), end);
        if (digests.size() < end - geometry.firstBlockOfPiece(piece) || pieces.containsKey(piece)) {
            return null;
        }
        Sha256 digest = Sha256.ofPiece(digests);
        pieces.put(piece, digest);
        return digest;
    }

    /// After the length became known: the digest of the last piece, if all of it is read.
    @Nullable Sha256 lastPieceNow() {
        return geometry.pieces() == 0 ? null : pieceNow(geometry.pieces() - 1);
    }

    @Nullable Sha256 pieceDigest(int piece) {
        return pieces.get(piece);
    }

    /// Known digests of consecutive blocks from `first` on, up to the first unknown one or `end`.
    List<Sha256> blockDigests(int first, int end) {
        List<Sha256> digests = new ArrayList<>();
        for (int block = first; block < end && block < blocks.size(); block++) {
            Sha256 digest = blocks.get(block);
            if (digest == null) {
                break;
            }
            digests.add(digest);
        }
        return digests;
    }

    @Nullable Sha256 blockDigest(int block) {
        return block < blocks.size() ? blocks.get(block) : null;
    }

    int blocksKnown() {
        int known = 0;
        for (Sha256 digest : blocks) {
            known += digest == null ? 0 : 1;
        }
        return known;
    }

    int piecesKnown() {
        return pieces.size();
    }

    void subscribe(int piece, PeerId peer) {
        subscribers.computeIfAbsent(piece, key -> new LinkedHashSet<>()).add(peer);
    }

    Set<PeerId> subscribers(int piece) {
        return subscribers.getOrDefault(piece, Set.of());
    }

    void claim(int piece, PeerId peer) {
        claimants.computeIfAbsent(piece, key -> new LinkedHashSet<>()).add(peer);
    }

    /// Those who wait for the digest of a piece; they are forgotten.
    Set<PeerId> takeClaimants(int piece) {
        subscribers.remove(piece);
        Set<PeerId> waiting = claimants.remove(piece);
        return waiting == null ? Set.of() : waiting;
    }

    /// A member says whether it lacks anything.
    void wants(PeerId peer, boolean wants) {
        if (wants) {
            wanting.add(peer);
        } else {
            wanting.remove(peer);
        }
    }

    Set<PeerId> wanting() {
        return wanting;
    }

    void gone(PeerId peer) {
        members.remove(peer);
        wanting.remove(peer);
        subscribers.values().forEach(peers -> peers.remove(peer));
        claimants.values().forEach(peers -> peers.remove(peer));
    }
}
