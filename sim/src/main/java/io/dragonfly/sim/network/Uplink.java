// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.network;

import io.dragonfly.sim.engine.Due;
import io.dragonfly.sim.engine.Timeline;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/// What a host sends through: its flows take turns, a portion each.
public final class Uplink implements Due {
    private final Timeline timeline;
    private final double bytesPerNano;
    private final ArrayDeque<Flow> ready = new ArrayDeque<>();
    private @Nullable Flow current;
    private int portion;
    private long since;
    private boolean frozen;
    private long owed;
    private long bytes;

    /// @param mbit rate, Mbit/s
    public Uplink(Timeline timeline, double mbit) {
        this.timeline = timeline;
        this.bytesPerNano = mbit / 8000;
    }

    /// Bytes of contents that went out.
    public long bytes() {
        return bytes;
    }

    /// Other bytes go out too; the next portion waits for them.
    public void taken(int count) {
        owed += count;
    }

    /// Nothing leaves while it is frozen.
    public void freeze(boolean now) {
        frozen = now;
        serve();
    }

    void ready(Flow flow) {
        ready.addLast(flow);
        serve();
    }

    private void serve() {
        if (current != null || frozen) {
            return;
        }
        Flow flow = ready.pollFirst();
        while (flow != null && flow.closed()) {
            flow = ready.pollFirst();
        }
        if (flow == null) {
            return;
        }
        current = flow;
        portion = flow.portionBytes();
        since = timeline.now();
        timeline.after(Math.round((portion + owed) / bytesPerNano), this, 0);
        owed = 0;
    }

    @Override
    public void due(int what) {
        Flow flow = current;
        current = null;
        if (flow != null) {
            bytes += portion;
            flow.left(portion, since);
        }
        serve();
    }
}
