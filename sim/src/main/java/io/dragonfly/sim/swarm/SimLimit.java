// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.core.limits.LimitTree;
import io.dragonfly.core.limits.TokenBucket;
import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.engine.Due;
import io.dragonfly.sim.engine.Timeline;

import java.util.IdentityHashMap;

/// A host's limit on what it fetches: the production tree, asked block by block.
final class SimLimit implements Due {
    private final Timeline timeline;
    private final ByteRate rate;
    private final LimitTree tree;
    private final LimitTree.Task task;
    private final IdentityHashMap<LimitTree.Request, Waiting> waiting = new IdentityHashMap<>();
    private final long since;
    private long passed;
    private long largest;
    private long wakeAt = Long.MAX_VALUE;

    private record Waiting(int bytes, Runnable then) {}

    SimLimit(Timeline timeline, double mbit) {
        this.timeline = timeline;
        this.rate = new ByteRate(Math.round(mbit * 125_000));
        this.since = timeline.now();
        this.tree = new LimitTree(rate, timeline.now());
        this.task = tree.task(TrafficClass.FOREGROUND, ByteRate.UNLIMITED, timeline.now());
    }

    void pass(int bytes, Runnable then) {
        waiting.put(tree.request(task, bytes), new Waiting(bytes, then));
        grant();
    }

    private void grant() {
        long now = timeline.now();
        for (LimitTree.Request request : tree.grant(now)) {
            Waiting granted = waiting.remove(request);
            if (granted != null) {
                passed += granted.bytes();
                largest = Math.max(largest, granted.bytes());
                check(now);
                granted.then().run();
            }
        }
        long next = tree.nanosToNext(now);
        if (next != Long.MAX_VALUE && now + next < wakeAt) {
            wakeAt = now + Math.max(1, next);
            timeline.at(wakeAt, this, 0);
        }
    }

    /// A full bucket lets one block pass that is larger than a burst.
    private void check(long now) {
        double most =
                TokenBucket.burstOf(rate) + largest + rate.bytesPerSecond() * ((now - since) / 1e9);
        BrokenInvariant.unless(passed <= most, "limit exceeded: %d of %f bytes", passed, most);
    }

    @Override
    public void due(int what) {
        wakeAt = Long.MAX_VALUE;
        grant();
    }
}
