// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.Check;

import java.util.Arrays;

/// A number per range, and the set of ranges whose number is not zero.
final class Counts {
    private int[] counts = new int[64];
    private final RangeSet some = new RangeSet();

    int get(int range) {
        return range < counts.length ? counts[range] : 0;
    }

    void add(int range) {
        if (range >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(range + 1, counts.length * 2));
        }
        if (counts[range]++ == 0) {
            some.add(range);
        }
    }

    /// Returns whether this was the last one.
    boolean remove(int range) {
        Check.that(get(range) > 0, "nothing is counted for range %d", range);
        if (--counts[range] == 0) {
            some.remove(range);
            return true;
        }
        return false;
    }

    /// The ranges that are counted at least once.
    RangeSet some() {
        return some;
    }
}
