// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.protocol.FailureReason;

import java.util.Set;

/// What follows from failures: pairs cool down, parents are offered to nobody for a while, and
/// peers are isolated. Everything expires, every time grows with repetition up to a limit, and the
/// seed is never judged. A complaint costs the accused nothing but time; only bytes that do not
/// match accuse, see [Accusations]. Complainers are counted by their hosts.
final class Blame {
    static final int COMPLAINERS_TO_BLACKLIST = 3;
    static final int FAILED_PARENTS_TO_ISOLATE = 5;

    private static final int MAX_EXCLUSIONS = 64;
    private static final long SECOND = 1_000_000_000L;
    private static final long PAUSE_NANOS = 5 * SECOND;
    private static final long LOOK_NANOS = SECOND / 4;
    static final long MAX_NANOS = 600 * SECOND;

    private final State state;
    private final Accusations accusations;
    private boolean looking;

    Blame(State state, Accusations accusations) {
        this.state = state;
        this.accusations = accusations;
    }

    /// Only who really fetches a range from a parent may complain about it: what is said of others
    /// is counted and ignored, be it late or a lie.
    void failed(Member child, Event.Failed event) {
        Flight flight = child.flight(event.range());
        if (flight == null || !parentId(flight).equals(event.parent())) {
            state.ignoredComplaints++;
            return;
        }
        int first = child.swarm.firstBlock(event.range());
        state.end(flight, Math.max(0, event.block() - first));
        PeerState peer = child.peer;
        if (event.reason() == FailureReason.LOCAL) {
            pause(peer);
            return;
        }
        exclude(peer, event.parent(), event.reason());
        if (flight.parent == null) {
            if (event.reason() == FailureReason.CORRUPT) {
                int piece = child.swarm.geometry.pieceOfRange(event.range());
                state.out.add(Accusations.request(PeerId.SEED, child.swarm, piece));
            }
            return;
        }
        PeerState parent = flight.parent.peer;
        switch (event.reason()) {
            case UNREACHABLE, CLOSED, STALLED -> {
                complain(peer, parent);
                blameSelf(peer, parent);
            }
            case CORRUPT -> {
                complain(peer, parent);
                accusations.accuse(child, parent, event.range());
            }
            case UNKNOWN_VERSION -> doubt(flight.parent, event.range());
            case BUSY, LOCAL -> {
                // Nobody's fault.
            }
        }
    }

    /// Somebody says that a parent does not serve the version: unless it answers that it does, it
    /// is not offered any more.
    private void doubt(Member parent, int range) {
        int piece = parent.swarm.geometry.pieceOfRange(range);
        Complaints.Suspect suspect = new Complaints.Suspect(parent.swarm.version, piece);
        accusations.recheck(
                parent,
                suspect,
                () -> {
                    if (!parent.gone) {
                        state.deny(parent);
                    }
                });
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

    static long grown(long base, int times, long longest) {
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
        Set<String> complainers = parent.complaints.complainers;
        complainers.add(peer.host);
        if (complainers.size() < COMPLAINERS_TO_BLACKLIST || parent.blacklisted) {
            return;
        }
        complainers.clear();
        parent.blacklisted = true;
        long until = state.now + grown(10 * SECOND, ++parent.complaints.punishments, MAX_NANOS);
        state.reviewServing(parent);
        state.out.add(
                new Command.Blacklisted(
                        parent.id, parent.id, "several hosts failed with it", until));
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
                    other.complaints.complainers.remove(peer.host);
                }
            }
            failedWith.clear();
            accusations.isolate(peer, "it failed with many parents", null);
        }
    }
}
