// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.core.limits.LimitTree;
import io.dragonfly.core.limits.TrafficClass;

/// Holds threads back by one task of a [SharedLimit]. Thread-safe.
public final class LimitedThrottle implements Throttle {
    private final SharedLimit limit;
    private final LimitTree.Task task;

    LimitedThrottle(SharedLimit limit, LimitTree.Task task) {
        this.limit = limit;
        this.task = task;
    }

    @Override
    public long acquire(int bytes) {
        return limit.acquire(task, bytes);
    }

    /// Puts the task into another class, with those who wait already.
    public void traffic(TrafficClass traffic) {
        limit.move(task, traffic);
    }

    /// Changes the cap of the task, for those who wait already, too.
    public void rate(ByteRate rate) {
        limit.taskRate(task, rate);
    }
}
