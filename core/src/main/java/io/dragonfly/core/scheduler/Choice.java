// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import org.jspecify.annotations.Nullable;

/// Brings those together who have a free slot for each other, until nobody is left who could be
/// served. Each step looks at a bounded number of members that can take part, whatever the size of
/// the swarm: filters over whole zones say beforehand where there is nothing to find.
final class Choice {
    /// Where peers have so much of the content that a child lacks, it goes to them before the seed.
    private static final int PACE_PERCENT = 25;

    /// For what a reader waits for, so many times more parents are looked at than for a decision:
    /// what is not found there has to wait.
    private static final int URGENT_LOOKS = 2;

    private final State state;
    private final Pick pick;

    // The best parent or child so far.
    private @Nullable Member best;
    private boolean bestIsSeed;
    private int maxLooks;
    private long bestKey;
    private int bestRange;
    private int bestCopies;
    private int bestDistance;
    private int bestDepth;

    Choice(State state) {
        this.state = state;
        this.pick = new Pick(state);
    }

    /// Serves all that [Wakes] names.
    void settle() {
        Wakes wakes = state.wakes;
        while (true) {
            if (wakes.copiesLost) {
                wakes.copiesLost = false;
                state.wakeImpaired(null);
            } else if (!wakes.freed.isEmpty()) {
                serve(wakes.freed.removeFirst(), true);
            } else if (!wakes.hungry.isEmpty()) {
                feed(wakes.hungry.removeFirst());
            } else if (!wakes.crossing.isEmpty()) {
                cross(wakes.crossing.removeFirst());
            } else if (!wakes.offering.isEmpty()) {
                serve(wakes.offering.removeFirst(), false);
            } else if (!wakes.seed.isEmpty()) {
                serveFromSeed(wakes.seed.removeFirst());
            } else if (wakes.seedSlot) {
                wakes.seedSlot = false;
                serveFromSeed();
            } else {
                return;
            }
        }
    }

    /// Fills the download slots of a peer, its swarms in turn.
    private void feed(PeerState peer) {
        int idle = 0;
        while (idle < peer.members.size() && peer.active()) {
            peer.turn = (peer.turn + 1) % peer.members.size();
            idle = feed(peer.members.get(peer.turn)) ? 0 : idle + 1;
        }
    }

    private boolean feed(Member child) {
        if (child.open.isEmpty() || !child.mayFetch()) {
            return false;
        }
        RangeSet urgent = pick.urgent(child);
        boolean found = find(child, urgent, URGENT_LOOKS * state.settings.candidates());
        if (!found && !find(child, child.open, Integer.MAX_VALUE)) {
            return false;
        }
        offer(child, bestRange, best);
        return true;
    }

    private void offer(Member child, int range, @Nullable Member parent) {
        state.offer(child, range, child.swarm.firstBlock(range), parent);
    }

    /// Finds the best parent for one of `wanted`: a crossing first where one may be had, for they
    /// are scarce; then the near peers and the seed by their load; then whatever the seed may
    /// repeat.
    ///
    /// @param looks how many parents to look at, at most
    private boolean find(Member child, RangeSet wanted, int looks) {
        maxLooks = looks;
        best = null;
        bestIsSeed = false;
        if (wanted.isEmpty()) {
            return false;
        }
        Zone zone = child.zone;
        boolean seedCrosses = state.seedCrosses(zone);
        if (zone.place.limited() && findCrossing(child, wanted, seedCrosses)) {
            return true;
        }
        if (!child.peer.seedOnly()) {
            if (child.group != null) {
                scanParents(child.group.free, zone, child, wanted);
            }
            if (best == null) {
                scanParents(zone.free, zone, child, wanted);
            }
        }
        if (!seedCrosses && state.seed.free()) {
            boolean repeat = best == null;
            if (pick.fromSeed(child, wanted, repeat) && seedIsBetter(child)) {
                takeSeed();
            }
        }
        if (best == null && !bestIsSeed && !zone.place.limited() && !child.peer.seedOnly()) {
            for (Zone other : zone.domain.zones) {
                if (other != zone) {
                    scanParents(other.free, other, child, wanted);
                }
            }
        }
        return best != null || bestIsSeed;
    }

    private boolean findCrossing(Member child, RangeSet wanted, boolean seedCrosses) {
        if (!child.zone.place.mayCross()) {
            return false;
        }
        if (seedCrosses && pick.fromSeed(child, wanted, true)) {
            takeSeed();
            return true;
        }
        if (!child.peer.seedOnly()) {
            for (Zone other : child.zone.domain.zones) {
                if (other != child.zone) {
                    scanParents(other.free, other, child, wanted);
                }
            }
        }
        return best != null;
    }

    private void takeSeed() {
        best = null;
        bestIsSeed = true;
        bestRange = pick.range;
    }

    private boolean seedIsBetter(Member child) {
        if (best == null) {
            return true;
        }
        // There is enough for this child at the peers: let them send, and keep the seed for later.
        int ahead = child.zone.domain.copies.some().size() - child.have.size();
        if (ahead * 100 >= child.swarm.ranges * PACE_PERCENT) {
            return false;
        }
        int load = state.seed.load();
        int other = best.peer.load();
        return load < other || (load == other && pick.copies < bestCopies);
    }

    private void scanParents(Pool pool, Zone zone, Member child, RangeSet wanted) {
        int size = pool.size();
        if (size == 0 || !zone.offered.some().intersects(wanted)) {
            return;
        }
        int start = size > 1 ? state.random.nextInt(size) : 0;
        for (int k = 0; k < size && k < maxLooks; k++) {
            if (k >= state.settings.candidates() && best != null) {
                return;
            }
            Member parent = pool.get(start + k < size ? start + k : start + k - size);
            if (parent != child
                    && parent.offerable.intersects(wanted)
                    && !child.peer.excludes(parent.peer.id)) {
                weighParent(parent, child, wanted);
            }
        }
    }

    private void weighParent(Member parent, Member child, RangeSet wanted) {
        int load = parent.peer.load();
        if (best != null && load > bestKey) {
            return;
        }
        if (!pick.fromPeer(child, wanted, parent)) {
            return;
        }
        int depth = parent.depth(pick.range);
        if (best == null || load < bestKey || better(depth)) {
            best = parent;
            bestKey = load;
            bestRange = pick.range;
            bestCopies = pick.copies;
            bestDistance = pick.distance;
            bestDepth = depth;
        }
    }

    private boolean better(int depth) {
        if (pick.copies != bestCopies) {
            return pick.copies < bestCopies;
        }
        if (pick.distance != bestDistance) {
            return pick.distance < bestDistance;
        }
        return depth < bestDepth;
    }

    /// Fills the upload slots of a peer, its swarms in turn.
    ///
    /// @param fair stop where the neediest child is about to choose a parent itself: without this
    ///   those who are served would go on being served, and those who wait would go on waiting
    private void serve(PeerState peer, boolean fair) {
        int idle = 0;
        while (idle < peer.members.size() && peer.freeUpload() > 0) {
            peer.turn = (peer.turn + 1) % peer.members.size();
            idle = serve(peer.members.get(peer.turn), fair) ? 0 : idle + 1;
        }
    }

    private boolean serve(Member parent, boolean fair) {
        Zone zone = parent.zone;
        best = null;
        if (parent.group != null) {
            scanChildren(parent.group.waiting, zone, parent);
        }
        if (best == null) {
            scanChildren(zone.waiting, zone, parent);
        }
        if (best == null) {
            for (Zone other : zone.domain.zones) {
                if (other != zone && (!State.crosses(zone, other) || other.place.mayCross())) {
                    scanChildren(other.waiting, other, parent);
                }
            }
        }
        if (best == null || (fair && state.wakes.hungry.contains(best.peer))) {
            return false;
        }
        Member child = best;
        if (!pick.fromPeer(child, pick.urgent(child), parent)) {
            pick.fromPeer(child, child.open, parent);
        }
        offer(child, pick.range, parent);
        return true;
    }

    /// Who has the most idle slots comes first, then who lacks the most.
    private static long need(Member child) {
        long idle = child.peer.freeDownload() * 64L / child.peer.downloadLimit();
        return (idle << 32) + child.open.size();
    }

    private void scanChildren(Pool pool, Zone zone, Member parent) {
        int size = pool.size();
        if (size == 0 || !zone.lacksSomethingOf(parent)) {
            return;
        }
        int start = size > 1 ? state.random.nextInt(size) : 0;
        for (int k = 0; k < size; k++) {
            if (k >= state.settings.candidates() && best != null) {
                return;
            }
            Member child = pool.get(start + k < size ? start + k : start + k - size);
            if (child != parent
                    && (best == null || need(child) > bestKey)
                    && !child.peer.seedOnly()
                    && parent.offerable.intersects(child.open)
                    && !child.peer.excludes(parent.peer.id)
                    && pick.fromPeer(child, child.open, parent)) {
                best = child;
                bestKey = need(child);
            }
        }
    }

    private void serveFromSeed() {
        state.wakeImpaired(null);
        int size = state.swarmList.size();
        int start = size > 1 ? state.random.nextInt(size) : 0;
        for (int k = 0; k < size && state.seed.free(); k++) {
            serveFromSeed(state.swarmList.get((start + k) % size));
        }
    }

    private void serveFromSeed(Swarm swarm) {
        for (Zone zone : swarm.zones.values()) {
            if (zone.waiting.size() == 0 || !swarm.seedHas.intersects(zone.wanted.some())) {
                continue;
            }
            if (state.seedCrosses(zone)) {
                cross(zone);
            } else if (state.seed.mayRepeat(zone.domain, swarm, 1)
                    || zone.lacksWhatOnlyTheSeedHas()) {
                boolean found = true;
                while (found && state.seed.free()) {
                    found = serveFromSeed(zone);
                }
            }
        }
    }

    private boolean serveFromSeed(Zone zone) {
        best = null;
        scanForSeed(zone.waiting);
        if (best == null) {
            return false;
        }
        Member child = best;
        if (!pick.fromSeed(child, pick.urgent(child), true)) {
            pick.fromSeed(child, child.open, true);
        }
        offer(child, pick.range, null);
        return true;
    }

    private void scanForSeed(Pool pool) {
        int size = pool.size();
        int start = size > 1 ? state.random.nextInt(size) : 0;
        for (int k = 0; k < size; k++) {
            if (k >= state.settings.candidates() && best != null) {
                return;
            }
            Member child = pool.get(start + k < size ? start + k : start + k - size);
            if ((best == null || need(child) > bestKey) && pick.fromSeed(child, child.open, true)) {
                best = child;
                bestKey = need(child);
            }
        }
    }

    /// Fills the crossings into a zone.
    private void cross(Zone zone) {
        Pool pool = zone.waiting;
        if (pool.size() == 0 || !zone.place.mayCross()) {
            return;
        }
        state.wakeImpaired(zone.place);
        if (!zone.lacksWhatIsOnlyElsewhere()) {
            return;
        }
        int start = state.random.nextInt(pool.size());
        int idle = 0;
        while (idle < pool.size() && zone.place.mayCross()) {
            Member child = pool.get((start + idle) % pool.size());
            best = null;
            bestIsSeed = false;
            maxLooks = Integer.MAX_VALUE;
            if (findCrossing(child, child.open, state.seedCrosses(zone))) {
                offer(child, bestRange, best);
                idle = 0;
            } else {
                idle++;
            }
        }
    }
}
