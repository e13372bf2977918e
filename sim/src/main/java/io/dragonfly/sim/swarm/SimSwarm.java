// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.sim.network.Flow;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// What a supernode has of one version, as its seed, and who waits for which digests.
final class SimSwarm implements BlockHolder {
    private final SimSupernode supernode;
    private final SimVersion version;
    private final BitSet read = new BitSet();
    private final int[] readOfPiece;
    private final List<Flow> flows = new ArrayList<>();
    private final TreeMap<Integer, Set<PeerId>> subscribers = new TreeMap<>();
    private final TreeMap<Integer, Set<PeerId>> claimants = new TreeMap<>();
    private final Set<PeerId> members = new LinkedHashSet<>();
    private final Set<PeerId> wanting = new LinkedHashSet<>();
    private int told;

    SimSwarm(SimSupernode supernode, SimVersion version) {
        this.supernode = supernode;
        this.version = version;
        this.readOfPiece = new int[version.geometry().pieces()];
    }

    SimVersion version() {
        return version;
    }

    Set<PeerId> members() {
        return members;
    }

    Set<PeerId> wanting() {
        return wanting;
    }

    int firstUnread() {
        return read.nextClearBit(0);
    }

    boolean complete() {
        return firstUnread() >= version.geometry().blocks();
    }

    /// Whether all who want it are to be told how many they are, as production's Crowd decides.
    boolean tellAll() {
        int now = wanting.size();
        boolean differs = now > told + told / 4 || now < told / 2;
        if (differs) {
            told = now;
        }
        return differs;
    }

    /// The seed has a block; true where its piece is complete now.
    boolean blockRead(int block) {
        read.set(block);
        for (int i = 0; i < flows.size(); i++) {
            flows.get(i).available();
        }
        int piece = version.geometry().pieceOfBlock(block);
        readOfPiece[piece]++;
        return pieceKnown(piece);
    }

    boolean pieceKnown(int piece) {
        int size =
                version.geometry().endBlockOfPiece(piece)
                        - version.geometry().firstBlockOfPiece(piece);
        return readOfPiece[piece] == size;
    }

    boolean blockKnown(int block) {
        return read.get(block);
    }

    Set<PeerId> subscribers(int piece) {
        return subscribers.getOrDefault(piece, Set.of());
    }

    void subscribe(int piece, PeerId peer) {
        subscribers.computeIfAbsent(piece, _ -> new LinkedHashSet<>()).add(peer);
    }

    void claim(int piece, PeerId peer) {
        claimants.computeIfAbsent(piece, _ -> new LinkedHashSet<>()).add(peer);
    }

    Set<PeerId> takeClaimants(int piece) {
        subscribers.remove(piece);
        Set<PeerId> waiting = claimants.remove(piece);
        return waiting == null ? Set.of() : waiting;
    }

    void gone(PeerId peer) {
        members.remove(peer);
        wanting.remove(peer);
        subscribers.values().forEach(peers -> peers.remove(peer));
        claimants.values().forEach(peers -> peers.remove(peer));
    }

    boolean bounded(int hosts) {
        return members.size() <= hosts
                && wanting.size() <= hosts
                && subscribers.size() <= version.geometry().pieces()
                && claimants.size() <= version.geometry().pieces();
    }

    /// The process ended.
    void breakFlows() {
        for (Flow flow : List.copyOf(flows)) {
            ((SimSession) flow.sink()).broken(flow, FailureReason.CLOSED);
        }
        flows.clear();
    }

    @Override
    public boolean has(int block) {
        return read.get(block) && (supernode.world().cutThrough() || rangeComplete(block));
    }

    boolean rangeComplete(int block) {
        return complete(version.geometry(), read, block);
    }

    /// Whether all of the block's range is among these.
    static boolean complete(Geometry geometry, BitSet blocks, int block) {
        int range = geometry.rangeOfBlock(block);
        int first = geometry.firstBlockOfRange(range);
        return blocks.nextClearBit(first) >= geometry.endBlockOfRange(range);
    }

    @Override
    public @Nullable FailureReason accept(Flow flow) {
        if (supernode.dead()) {
            return FailureReason.UNREACHABLE;
        }
        flows.add(flow);
        return null;
    }

    @Override
    public void released(Flow flow) {
        flows.remove(flow);
    }

    @Override
    public @Nullable List<Sha256> pieceBlocks(int piece) {
        return pieceKnown(piece) ? version.blocksOfPiece(piece) : null;
    }

    @Override
    public Sha256 sent(int block) {
        return version.blocks().get(block);
    }

    @Override
    public boolean responds() {
        return supernode.responds();
    }
}
