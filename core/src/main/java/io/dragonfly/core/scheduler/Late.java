// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import org.jspecify.annotations.Nullable;

/// Ranges that come too slowly move to another parent that has them complete and has a free slot,
/// from the next block boundary on, so that no byte is sent twice.
final class Late {
    private static final long WINDOW_NANOS = 5_000_000_000L;
    private static final long HALVED_NANOS = 10_000_000_000L;
    private static final long WATCH_NANOS = 250_000_000L;
    private static final int COMPLAINTS_TO_HALVE = 2;
    private static final int MAX_DOUBLINGS = 5;
    private static final int MAX_MOVES = 3;

    private final State state;

    Late(State state) {
        this.state = state;
    }

    /// A peer says that a range comes much more slowly than its others.
    void slow(Member child, Event.Slow event) {
        Flight flight = child.flight(event.range());
        if (flight == null || !Blame.parentId(flight).equals(event.parent())) {
            return;
        }
        if (flight.parent != null && flight.parent.have.has(event.range())) {
            complain(flight.parent.peer);
        }
        move(flight, event.block(), Integer.MAX_VALUE, false);
    }

    private void complain(PeerState parent) {
        Complaints complaints = parent.complaints;
        boolean old = state.now - complaints.slowSinceNanos > WINDOW_NANOS;
        if (complaints.slowComplaints == 0 || old) {
            complaints.slowComplaints = 0;
            complaints.slowSinceNanos = state.now;
        }
        if (++complaints.slowComplaints < COMPLAINTS_TO_HALVE || parent.uploadLimit() <= 1) {
            return;
        }
        complaints.slowComplaints = 0;
        parent.halvings++;
        state.reviewServing(parent);
        int times = Math.min(complaints.halvings++, MAX_DOUBLINGS);
        state.timers.at(
                state.now + (HALVED_NANOS << times),
                () -> {
                    parent.halvings--;
                    state.reviewServing(parent);
                });
    }

    private boolean move(Flight flight, int block, int maxLoad, boolean repair) {
        Swarm swarm = flight.child.swarm;
        int range = flight.range;
        int first = swarm.firstBlock(range);
        boolean wanted = flight.child.takes(range);
        if (!wanted || flight.moves >= MAX_MOVES || block >= swarm.endBlock(range)) {
            return false;
        }
        Member parent = other(flight, maxLoad);
        boolean seed = parent == null && seedMay(flight, maxLoad, repair);
        if (parent == null && !seed) {
            return false;
        }
        int moves = flight.moves + 1;
        state.end(flight, Math.max(0, block - first));
        state.offer(flight.child, range, Math.max(block, first), parent).moves = moves;
        return true;
    }

    private @Nullable Member other(Flight flight, int maxLoad) {
        Member child = flight.child;
        if (child.peer.seedOnly()) {
            return null;
        }
        Member best = null;
        Pool pool = child.zone.free;
        int size = pool.size();
        int start = size > 1 ? state.random.nextInt(size) : 0;
        for (int k = 0; k < size && (k < state.settings.candidates() || best == null); k++) {
            Member parent = pool.get(start + k < size ? start + k : start + k - size);
            if (parent != child
                    && parent != flight.parent
                    && parent.have.has(flight.range)
                    && parent.peer.load() < (best == null ? maxLoad : best.peer.load())
                    && !child.peer.excludes(parent.peer.id)) {
                best = parent;
            }
        }
        return best;
    }

    private boolean seedMay(Flight flight, int maxLoad, boolean repair) {
        Zone zone = flight.child.zone;
        return flight.parent != null
                && state.seed.free()
                && (repair || state.seed.load() < maxLoad)
                && !state.seedCrosses(zone)
                && flight.child.swarm.seedHas.has(flight.range)
                && !flight.child.peer.excludes(io.dragonfly.core.model.PeerId.SEED)
                && (repair || state.seed.mayRepeat(zone.domain, flight.child.swarm, 2));
    }

    /// To be called for a member that got a range: where nothing is left to assign to it and it has
    /// free slots, its latest range is looked at now and then.
    void watch(Member member) {
        if (!member.watched && endgame(member)) {
            member.watched = true;
            look(member);
        }
    }

    private static boolean endgame(Member member) {
        return !member.gone
                && member.open.isEmpty()
                && !member.flights.isEmpty()
                && member.peer.freeDownload() > 0
                && member.peer.usualNanos > 0;
    }

    private void look(Member member) {
        if (!endgame(member)) {
            member.watched = false;
            return;
        }
        Flight latest = member.flights.getFirst();
        for (Flight flight : member.flights) {
            if (flight.offeredNanos - latest.offeredNanos < 0) {
                latest = flight;
            }
        }
        long age = state.now - latest.offeredNanos;
        if (latest.parent != null && age > member.peer.usualNanos) {
            // Only to where clearly less is to be done: one more slot there than here stays free.
            PeerState parent = latest.parent.peer;
            int load = parent.load() - 1024 / Math.max(1, parent.uploadLimit());
            // A slow parent that alone has the range may hold up everybody: the seed helps them
            // all.
            boolean repair =
                    age > 2 * member.peer.usualNanos && latest.parent.have.has(latest.range);
            move(latest, member.swarm.firstBlock(latest.range), load, repair);
        }
        state.timers.at(state.now + WATCH_NANOS, () -> look(member));
    }
}
