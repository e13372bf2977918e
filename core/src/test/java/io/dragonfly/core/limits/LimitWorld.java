// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.limits;

import io.dragonfly.core.limits.LimitTree.Request;
import io.dragonfly.core.limits.LimitTree.Task;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Flows that always want to pass something, over virtual time.
final class LimitWorld {
    static final int PORTION = 16 << 10;

    final LimitTree tree;
    final List<Flow> flows = new ArrayList<>();
    long now;
    long bytes;

    LimitWorld(ByteRate host) {
        tree = new LimitTree(host, 0);
    }

    Flow flow(TrafficClass traffic, ByteRate cap) {
        return flow(tree.task(traffic, cap, now));
    }

    Flow flow(Task task) {
        Flow flow = new Flow(task);
        flows.add(flow);
        return flow;
    }

    void run(long nanos) {
        long end = now + nanos;
        while (now < end) {
            for (Flow flow : flows) {
                if (flow.active && flow.request == null) {
                    flow.request = tree.request(flow.task, flow.portion);
                }
            }
            if (!tree.grant(now).isEmpty()) {
                flows.forEach(this::collect);
            }
            // Whatever is wanted again is filed before time goes on, as threads would do it.
            if (flows.stream().noneMatch(f -> f.active && f.request == null)) {
                now = Math.min(end, saturatedAdd(now, tree.nanosToNext(now)));
            }
        }
    }

    private void collect(Flow flow) {
        if (flow.request != null && flow.request.granted()) {
            flow.bytes += flow.portion;
            bytes += flow.portion;
            flow.request = null;
        }
    }

    void stop(Flow flow) {
        flow.active = false;
        if (flow.request != null) {
            tree.withdraw(flow.request);
            flow.request = null;
        }
    }

    private static long saturatedAdd(long a, long b) {
        return b > Long.MAX_VALUE - a ? Long.MAX_VALUE : a + b;
    }

    static final class Flow {
        final Task task;
        int portion = PORTION;
        boolean active = true;
        @Nullable Request request;
        long bytes;

        Flow(Task task) {
            this.task = task;
        }

        /// Bytes since the last call.
        long take() {
            long taken = bytes;
            bytes = 0;
            return taken;
        }
    }
}
