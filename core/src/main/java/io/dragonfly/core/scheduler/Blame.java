// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.protocol.FailureReason;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What follows from failures: pairs cool down, parents are offered to nobody for a while, and
/// peers are isolated. Everything expires, every time grows with repetition up to a limit, and the
/// seed is never judged. A complaint costs the accused nothing but time; only bytes that do not
/// match accuse.
final class Blame {
    static final int COMPLAINERS_TO_BLACKLIST = 3;
    static final int FAILED_PARENTS_TO_ISOLATE = 5;
    static final int BAD_PIECES_TO_ISOLATE = 2;
    static final int ACCUSERS_TO_ISOLATE = 3;
    static final int ACCUSED_TO_ISOLATE = 3;

    private static final int MAX_EXCLUSIONS = 64;
    private static final int MAX_ACCUSATIONS = 16;
    private static final long SECOND = 1_000_000_000L;
    private static final long ACCUSATION_NANOS = 600 * SECOND;
    private static final long PAUSE_NANOS = 5 * SECOND;
    private static final long LOOK_NANOS = SECOND / 4;
    private static final long MAX_NANOS = 600 * SECOND;

    private final State state;
    private boolean looking;

    Blame(State state) {
        this.state = state;
    }

    void failed(Member child, Event.Failed event) {
        Flight flight = child.flight(event.range());
        if (flight != null && parentId(flight).equals(event.parent())) {
            int first = child.swarm.firstBlock(event.range());
            state.end(flight, Math.max(0, event.block() - first));
        }
        PeerState peer = child.peer;
        if (event.reason() == FailureReason.LOCAL) {
            pause(peer);
            return;
        }
        exclude(peer, event.parent(), event.reason());
        PeerState parent = state.peers.get(event.parent());
        if (parent == null || parent == peer) {
            return;
        }
        switch (event.reason()) {
            case UNREACHABLE, CLOSED, STALLED -> {
                complain(peer, parent);
                blameSelf(peer, parent);
            }
            case CORRUPT -> {
                complain(peer, parent);
                accuse(child, parent, event.range());
            }
            case UNKNOWN_VERSION -> {
                Member member = child.swarm.member(event.parent());
                if (member != null) {
                    state.deny(member);
                }
            }
            case BUSY, LOCAL -> {
                // Nobody's fault.
            }
        }
    }

    /// A range came through: earlier trouble of the two is forgotten.
    void succeeded(PeerState child, PeerId parentId) {
        PeerState.Exclusion exclusion = child.exclusions.get(parentId);
        if (exclusion != null && !exclusion.active) {
            child.exclusions.remove(parentId);
        }
        PeerState parent = state.peers.get(parentId);
        if (parent != null) {
            parent.complaints.complainers.clear();
            child.complaints.failedWith.clear();
        }
    }

    static PeerId parentId(Flight flight) {
        return flight.parent == null ? PeerId.SEED : flight.parent.peer.id;
    }

    private void pause(PeerState peer) {
        if (peer.paused) {
            return;
        }
        peer.paused = true;
        peer.refresh();
        state.timers.at(
                state.now + PAUSE_NANOS,
                () -> {
                    peer.paused = false;
                    peer.refresh();
                    state.wakes.hungry.add(peer);
                });
    }

    private static long coolDown(FailureReason reason, boolean seed) {
        if (seed || reason == FailureReason.BUSY) {
            return SECOND / 2;
        }
        return reason == FailureReason.CORRUPT ? 60 * SECOND : 5 * SECOND;
    }

    private static long longest(FailureReason reason, boolean seed) {
        return seed || reason == FailureReason.BUSY ? 10 * SECOND : MAX_NANOS;
    }

    private static long grown(long base, int times, long longest) {
        return Math.min(longest, base << Math.min(times - 1, 20));
    }

    private void exclude(PeerState child, PeerId parent, FailureReason reason) {
        PeerState.Exclusion exclusion = child.exclusions.remove(parent);
        if (exclusion == null) {
            exclusion = new PeerState.Exclusion();
            makeRoom(child);
        }
        // Behind all others: the one that failed longest ago is forgotten first.
        child.exclusions.put(parent, exclusion);
        if (!exclusion.active) {
            exclusion.active = true;
            exclusion.strikes++;
            child.activeExclusions++;
        }
        long until =
                state.now
                        + grown(
                                coolDown(reason, parent.isSeed()),
                                exclusion.strikes,
                                longest(reason, parent.isSeed()));
        exclusion.untilNanos = until;
        state.impaired.add(child);
        state.wakes.hungry.add(child);
        look();
        state.out.add(new Command.Blacklisted(child.id, parent, reason.name(), until));
    }

    private void makeRoom(PeerState child) {
        if (child.exclusions.size() < MAX_EXCLUSIONS) {
            return;
        }
        var first = child.exclusions.entrySet().iterator().next();
        child.exclusions.remove(first.getKey());
        if (first.getValue().active) {
            first.getValue().active = false;
            child.activeExclusions--;
        }
    }

    /// One timer for all pairs: whoever fails as often as he likes does not make this grow.
    private void look() {
        if (!looking) {
            looking = true;
            state.timers.at(state.now + LOOK_NANOS, this::expire);
        }
    }

    private void expire() {
        looking = false;
        boolean any = false;
        for (PeerState child : state.impaired) {
            for (PeerState.Exclusion exclusion : child.exclusions.values()) {
                if (exclusion.active && exclusion.untilNanos - state.now <= 0) {
                    exclusion.active = false;
                    child.activeExclusions--;
                    state.wakes.hungry.add(child);
                }
            }
            any |= child.activeExclusions > 0;
        }
        if (any) {
            look();
        }
    }

    private void complain(PeerState peer, PeerState parent) {
        Set<PeerId> complainers = parent.complaints.complainers;
        complainers.add(peer.id);
        if (complainers.size() < COMPLAINERS_TO_BLACKLIST || parent.blacklisted) {
            return;
        }
        complainers.clear();
        parent.blacklisted = true;
        long until = state.now + grown(10 * SECOND, ++parent.complaints.punishments, MAX_NANOS);
        state.reviewServing(parent);
        state.out.add(
                new Command.Blacklisted(
                        parent.id, parent.id, "several peers failed with it", until));
        state.timers.at(
                until,
                () -> {
                    parent.blacklisted = false;
                    state.reviewServing(parent);
                });
    }

    private void blameSelf(PeerState peer, PeerState parent) {
        Set<PeerId> failedWith = peer.complaints.failedWith;
        failedWith.add(parent.id);
        if (failedWith.size() >= FAILED_PARENTS_TO_ISOLATE) {
            for (PeerId id : failedWith) {
                PeerState other = state.peers.get(id);
                if (other != null) {
                    other.complaints.complainers.remove(peer.id);
                }
            }
            failedWith.clear();
            isolate(peer, "it failed with many parents");
        }
    }

    private void accuse(Member child, PeerState parent, int range) {
        List<Complaints.Accusation> accusations = parent.complaints.accusations;
        accusations.removeIf(a -> a.untilNanos() - state.now <= 0);
        if (accusations.size() >= MAX_ACCUSATIONS) {
            accusations.removeFirst();
        }
        int piece = child.swarm.geometry.pieceOfRange(range);
        PeerId accuser = child.peer.id;
        accusations.add(
                new Complaints.Accusation(
                        accuser, child.swarm.version, piece, state.now + ACCUSATION_NANOS));
        if (accusesMany(child.peer, parent)) {
            withdraw(child.peer);
            isolate(child.peer, "it alone accuses many parents");
        } else if (!parent.isolated && guilty(parent)) {
            isolate(parent, "it served bytes that do not match");
        }
    }

    private static boolean guilty(PeerState parent) {
        Set<Object> pieces = new HashSet<>();
        Set<PeerId> accusers = new HashSet<>();
        for (Complaints.Accusation a : parent.complaints.accusations) {
            pieces.add(List.of(a.version(), a.piece()));
            accusers.add(a.accuser());
        }
        return pieces.size() >= BAD_PIECES_TO_ISOLATE || accusers.size() >= ACCUSERS_TO_ISOLATE;
    }

    private boolean accusesMany(PeerState accuser, PeerState parent) {
        Set<PeerId> accused = accuser.complaints.accused;
        accused.add(parent.id);
        accused.removeIf(id -> !accusedByOneAlone(accuser.id, id));
        return accused.size() >= ACCUSED_TO_ISOLATE;
    }

    private boolean accusedByOneAlone(PeerId accuser, PeerId accused) {
        PeerState peer = state.peers.get(accused);
        if (peer == null) {
            return false;
        }
        boolean any = false;
        for (Complaints.Accusation a : peer.complaints.accusations) {
            if (a.untilNanos() - state.now > 0) {
                if (!a.accuser().equals(accuser)) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }

    /// Takes back what `accuser` said; who was isolated for that alone is free again.
    private void withdraw(PeerState accuser) {
        for (PeerId id : new LinkedHashSet<>(accuser.complaints.accused)) {
            PeerState accused = state.peers.get(id);
            if (accused != null) {
                accused.complaints.accusations.removeIf(a -> a.accuser().equals(accuser.id));
                accused.complaints.complainers.remove(accuser.id);
                if (accused.isolated && accused.isolatedForBytes) {
                    release(accused);
                }
            }
        }
        accuser.complaints.accused.clear();
    }

    private void isolate(PeerState peer, String why) {
        peer.isolatedForBytes = !peer.complaints.accusations.isEmpty();
        if (peer.isolated) {
            return;
        }
        peer.isolated = true;
        long until = state.now + grown(30 * SECOND, ++peer.complaints.punishments, MAX_NANOS);
        peer.isolatedUntilNanos = until;
        state.impaired.add(peer);
        state.reviewServing(peer);
        for (Member member : peer.members) {
            for (Flight flight : List.copyOf(member.serving)) {
                state.cancel(flight);
            }
        }
        state.out.add(new Command.Isolated(peer.id, why, until));
        state.timers.at(
                until,
                () -> {
                    if (peer.isolatedUntilNanos == until) {
                        release(peer);
                    }
                });
    }

    private void release(PeerState peer) {
        if (peer.isolated) {
            peer.isolated = false;
            peer.complaints.accusations.clear();
            state.reviewServing(peer);
        }
    }
}
