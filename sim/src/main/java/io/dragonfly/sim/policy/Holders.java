// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Who has one range. Who has it no more is only counted off, and leaves the list when he is met:
/// thousands leave at once, and each has hundreds of ranges.
final class Holders<T> {
    private final List<T> all = new ArrayList<>();
    private int count;

    int count() {
        return count;
    }

    void add(T holder) {
        all.add(holder);
        count++;
    }

    void countOff() {
        count--;
    }

    /// Looks at `candidates` of them from a random place on, for one that can give.
    ///
    /// @param present false for those that were counted off
    @Nullable T any(
            RandomGenerator random, int candidates, Predicate<T> present, Predicate<T> canGive) {
        int at = all.isEmpty() ? 0 : random.nextInt(all.size());
        int looked = 0;
        while (looked < Math.min(candidates, all.size())) {
            at = at >= all.size() ? 0 : at;
            T holder = all.get(at);
            if (!present.test(holder)) {
                T last = all.removeLast();
                if (at < all.size()) {
                    all.set(at, last);
                }
            } else if (canGive.test(holder)) {
                return holder;
            } else {
                at++;
                looked++;
            }
        }
        return null;
    }
}
