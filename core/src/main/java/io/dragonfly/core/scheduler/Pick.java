// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;

/// Which range of those that are possible: the one with the fewest copies held or in flight; among
/// equals the nearest to what the reader needs next.
final class Pick {
    /// So many ranges are weighed, from the reader's next one on; those after them have time.
    private static final int WEIGHED = 512;

    private final State state;
    private final RangeSet urgent = new RangeSet();

    int range;
    int copies;
    int distance;

    Pick(State state) {
        this.state = state;
    }

    /// Chooses what `child` may fetch from `parent`, out of `wanted`. False where there is nothing.
    boolean fromPeer(Member child, RangeSet wanted, Member parent) {
        boolean crossing = State.crosses(parent.zone, child.zone);
        begin();
        int weighed = 0;
        RangeSet offerable = parent.offerable;
        int words = Math.min(wanted.wordCount(), offerable.wordCount());
        int first = Math.min(child.next >> 6, words - 1);
        for (int k = 0; k < words && weighed < WEIGHED; k++) {
            int i = first + k < words ? first + k : first + k - words;
            long word = wanted.word(i) & offerable.word(i);
            if (crossing) {
                word &= ~child.zone.copies.some().word(i);
            }
            for (; word != 0; word &= word - 1) {
                weighed++;
                int candidate = (i << 6) + Long.numberOfTrailingZeros(word);
                if (better(child, candidate) && !cycle(child, candidate, parent)) {
                    take(child, candidate);
                }
            }
        }
        return range >= 0;
    }

    /// Chooses what `child` may fetch from the seed, out of `wanted`.
    ///
    /// @param repeat also what peers have, as far as the budget and the rules of repair allow
    boolean fromSeed(Member child, RangeSet wanted, boolean repeat) {
        Swarm swarm = child.swarm;
        begin();
        if (child.peer.excludes(PeerId.SEED)) {
            return false;
        }
        boolean crossing = state.seedCrosses(child.zone);
        Zone.Domain domain = child.zone.domain;
        Counts counts = crossing ? child.zone.copies : domain.copies;
        boolean rare = !crossing && repeat && state.seed.mayRepeat(domain, swarm, 1);
        boolean all = rare && state.seed.mayRepeat(domain, swarm, 2);
        boolean some = repeat && mayRepair(child);
        int weighed = 0;
        int words = Math.min(wanted.wordCount(), swarm.seedHas.wordCount());
        int first = Math.min(child.next >> 6, words - 1);
        for (int k = 0; k < words && weighed < WEIGHED; k++) {
            int i = first + k < words ? first + k : first + k - words;
            long word = wanted.word(i) & swarm.seedHas.word(i);
            if (!some) {
                // What is on its way to peers for the first time will be there soon.
                word &= ~counts.some().word(i) | (rare ? domain.available.some().word(i) : 0);
            }
            for (; word != 0; word &= word - 1) {
                weighed++;
                int candidate = (i << 6) + Long.numberOfTrailingZeros(word);
                int have = counts.get(candidate);
                boolean allowed =
                        have == 0
                                || (rare
                                        && domain.available.get(candidate) > 0
                                        && (all || have == 1))
                                || (some && repairs(child, candidate, counts));
                if (allowed && better(child, candidate)) {
                    take(child, candidate);
                }
            }
        }
        return range >= 0;
    }

    /// What `child` should get before anything else: ranges it began and lost the parent of (others
    /// may wait for them), and what its reader waits for, unless something of that is on its way.
    RangeSet urgent(Member child) {
        urgent.clear();
        if (!child.partial.isEmpty()) {
            for (int r = child.partial.next(0); r >= 0; r = child.partial.next(r + 1)) {
                if (child.open.has(r)) {
                    urgent.add(r);
                }
            }
            if (!urgent.isEmpty()) {
                return urgent;
            }
        }
        int end = child.next + state.settings.streamWindow();
        for (Flight flight : child.flights) {
            if (flight.range >= child.next && flight.range < end) {
                return urgent;
            }
        }
        for (int r = child.next; r < end; r++) {
            if (child.open.has(r)) {
                urgent.add(r);
            }
        }
        return urgent;
    }

    private void begin() {
        range = -1;
        copies = Integer.MAX_VALUE;
        distance = Integer.MAX_VALUE;
    }

    private boolean better(Member child, int candidate) {
        int c = child.zone.domain.copies.get(candidate);
        return c < copies || (c == copies && distance(child, candidate) < distance);
    }

    private void take(Member child, int candidate) {
        range = candidate;
        copies = child.zone.domain.copies.get(candidate);
        distance = distance(child, candidate);
    }

    private static int distance(Member child, int candidate) {
        int ahead = candidate - child.next;
        return ahead >= 0 ? ahead : ahead + child.swarm.ranges;
    }

    private static boolean cycle(Member child, int candidate, Member parent) {
        return child.serves(candidate)
                && !parent.have.has(candidate)
                && parent.dependsOn(child, candidate);
    }

    /// Whether for `child` there may be copies that are none.
    private static boolean mayRepair(Member child) {
        return child.peer.seedOnly() || child.peer.activeExclusions > 0 || !child.serving.isEmpty();
    }

    /// Whether the copies of `candidate` are of no use to `child`: it may not fetch from peers,
    /// they come from it, or it failed with all who have them.
    private static boolean repairs(Member child, int candidate, Counts counts) {
        if (child.peer.seedOnly() || child.serves(candidate)) {
            return true;
        }
        int left = counts.get(candidate);
        for (var entry : child.peer.exclusions.entrySet()) {
            if (entry.getValue().active) {
                Member parent = child.swarm.member(entry.getKey());
                if (parent != null
                        && parent.counted
                        && reaches(parent.zone, child.zone, counts)
                        && parent.holdsOrFetches(candidate)) {
                    left--;
                }
            }
        }
        return left == 0;
    }

    private static boolean reaches(Zone from, Zone to, Counts counts) {
        return counts == to.copies ? from == to : from.domain == to.domain;
    }
}
