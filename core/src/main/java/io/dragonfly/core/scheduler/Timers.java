// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import org.jspecify.annotations.Nullable;

import java.util.PriorityQueue;

/// What is to be done later, in the order of time and then of asking.
final class Timers {
    private record Timer(long at, long order, Runnable action) {}

    private final PriorityQueue<Timer> queue =
            new PriorityQueue<>((a, b) -> {
                long time = a.at - b.at;
                return Long.signum(time == 0 ? a.order - b.order : time);
            });
    private long order;

    void at(long nanos, Runnable action) {
        queue.add(new Timer(nanos, order++, action));
    }

    /// Takes out one action that is due, or returns null.
    @Nullable Runnable due(long nowNanos) {
        Timer first = queue.peek();
        if (first == null || first.at - nowNanos > 0) {
            return null;
        }
        return queue.remove().action();
    }

    int size() {
        return queue.size();
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /// When the first is due; only where there is one.
    long first() {
        Timer first = queue.peek();
        return first == null ? 0 : first.at;
    }
}
