// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.download.Action;
import io.dragonfly.sim.network.Flow;

import org.jspecify.annotations.Nullable;

/// A flow, and how far its blocks are looked at.
final class SimFlow {
    final Action.Start start;
    final @Nullable BlockHolder parent;
    final long since;
    @Nullable Flow flow;
    int next;
    boolean gotDigests;
    boolean asked;
    boolean storing;
    boolean held;
    long heard;

    SimFlow(Action.Start start, @Nullable BlockHolder parent, long now) {
        this.start = start;
        this.parent = parent;
        this.since = now;
        this.heard = now;
        this.next = start.firstBlock();
    }
}
