// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A peer in a swarm.
final class Member {
    final PeerState peer;
    final Swarm swarm;
    final Zone zone;
    final Zone.@Nullable Group group;

    /// Complete ranges.
    RangeSet have = new RangeSet();

    /// Ranges whose first block is verified and that are not complete.
    final RangeSet partial = new RangeSet();

    /// What others may be offered: complete, or started and on its way.
    final RangeSet offerable = new RangeSet();

    /// Wanted, and not on its way. Empty where the peer wants nothing.
    final RangeSet open = new RangeSet();

    /// On the way to this member.
    final List<Flight> flights = new ArrayList<>(8);

    /// On the way from this member.
    final List<Flight> serving = new ArrayList<>(8);

    /// Whether it is in the pools of those who can serve, and of those who wait.
    boolean free;

    boolean waiting;

    /// Places in the pools, see [Pool].
    final int[] places = new int[Pool.KINDS];

    boolean wants;

    /// First range that the reader lacks.
    int next;

    /// 0, or of a member that keeps nothing: so many ranges from `next` on it takes.
    int window;

    /// Whether its copies are counted, see [#counts].
    boolean counted;

    /// It said that it does not serve the version; joining again changes that.
    boolean denied;

    boolean gone;

    /// A look at late flights is due.
    boolean watched;

    Member(PeerState peer, Swarm swarm, Zone zone, Zone.@Nullable Group group) {
        this.peer = peer;
        this.swarm = swarm;
        this.zone = zone;
        this.group = group;
        Arrays.fill(places, -1);
    }

    /// Whether its copies are worth something to others.
    boolean counts() {
        return peer.mayServe() && !denied && !gone && window == 0;
    }

    /// One past the last range that it takes now.
    int takesUpTo() {
        return window == 0 || next > Integer.MAX_VALUE - window ? Integer.MAX_VALUE : next + window;
    }

    @Nullable Flight flight(int range) {
        for (int i = 0; i < flights.size(); i++) {
            if (flights.get(i).range == range) {
                return flights.get(i);
            }
        }
        return null;
    }

    boolean serves(int range) {
        for (int i = 0; i < serving.size(); i++) {
            if (serving.get(i).range == range) {
                return true;
            }
        }
        return false;
    }

    boolean holdsOrFetches(int range) {
        return have.has(range) || flight(range) != null;
    }

    /// Whether this member's unfinished copy of `range` comes from `other`, over any number of
    /// hands.
    boolean dependsOn(Member other, int range) {
        Member member = this;
        while (member != other) {
            Flight flight = member.flight(range);
            if (flight == null || flight.parent == null) {
                return false;
            }
            member = flight.parent;
        }
        return true;
    }

    /// Through how many unfinished copies `range` comes here; 0 for a complete one.
    int depth(int range) {
        int depth = 0;
        Member member = this;
        while (true) {
            Flight flight = member.flight(range);
            if (flight == null) {
                return depth;
            }
            depth++;
            if (flight.parent == null) {
                return depth;
            }
            member = flight.parent;
        }
    }

    /// Notes that `range` is wanted and not on its way; false where that was so.
    boolean open(int range) {
        if (!open.add(range)) {
            return false;
        }
        if (waiting) {
            zone.wanted.add(range);
        }
        return true;
    }

    boolean close(int range) {
        if (!open.remove(range)) {
            return false;
        }
        if (waiting) {
            zone.wanted.remove(range);
        }
        return true;
    }

    /// Notes that others may be offered `range`; false where that was so.
    boolean offer(int range) {
        if (!offerable.add(range)) {
            return false;
        }
        if (free) {
            zone.offered.add(range);
        }
        return true;
    }

    boolean withdraw(int range) {
        if (!offerable.remove(range)) {
            return false;
        }
        if (free) {
            zone.offered.remove(range);
        }
        return true;
    }

    /// Whether its peer has a slot for one more range of this. A version of which nothing is on its
    /// way has one of its own, or a slow download would keep the others of its host waiting.
    boolean mayFetch() {
        return peer.freeDownload() > 0 || (flights.isEmpty() && peer.active());
    }

    /// Brings the pools up to date with this member's content and its peer's slots.
    void refresh() {
        boolean nowFree = counts() && peer.freeUpload() > 0 && !offerable.isEmpty();
        boolean nowWaiting = !gone && mayFetch() && !open.isEmpty();
        if (nowFree != free) {
            free = nowFree;
            zone.free.put(this, free);
            if (group != null) {
                group.free.put(this, free);
            }
            count(zone.offered, offerable, free);
        }
        if (nowWaiting != waiting) {
            waiting = nowWaiting;
            zone.waiting.put(this, waiting);
            if (group != null) {
                group.waiting.put(this, waiting);
            }
            count(zone.wanted, open, waiting);
        }
    }

    private static void count(Tally counts, RangeSet ranges, boolean add) {
        if (add) {
            counts.addAll(ranges);
        } else {
            counts.removeAll(ranges);
        }
    }
}
