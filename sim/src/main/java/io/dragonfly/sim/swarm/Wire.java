// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.sim.engine.Due;
import io.dragonfly.sim.engine.Timeline;

import java.util.ArrayList;
import java.util.List;

/// One direction of a control stream: a message goes out at once if nothing did within the batch
/// time, else together with others at its end.
final class Wire implements Due {
    private static final int FLUSH = 0;
    private static final int ARRIVE = 1;

    /// Takes a frame, and hears of its bytes when it leaves.
    interface End {
        void frame(List<Runnable> messages);

        void sent(int bytes);
    }

    private final Timeline timeline;
    private final long latency;
    private final long batch;
    private final End end;
    private long quietFrom;
    private List<Runnable> waiting = new ArrayList<>(2);
    private final ArrayList<List<Runnable>> onTheWay = new ArrayList<>(2);
    private int bytes;
    private boolean flushes;
    private boolean closed;

    Wire(Timeline timeline, long latency, long batch, End end) {
        this.timeline = timeline;
        this.latency = latency;
        this.batch = batch;
        this.end = end;
    }

    void send(int size, Runnable message) {
        if (closed) {
            return;
        }
        bytes += size;
        waiting.add(message);
        if (!flushes) {
            long now = timeline.now();
            if (now >= quietFrom) {
                flush();
            } else {
                flushes = true;
                timeline.at(quietFrom, this, FLUSH);
            }
        }
    }

    /// What has not arrived never will.
    void close() {
        closed = true;
        waiting = new ArrayList<>(0);
        onTheWay.clear();
    }

    private void flush() {
        end.sent(bytes + MessageSizes.FRAME);
        bytes = 0;
        onTheWay.add(waiting);
        waiting = new ArrayList<>(2);
        quietFrom = timeline.now() + batch;
        timeline.after(latency, this, ARRIVE);
    }

    @Override
    public void due(int what) {
        if (closed) {
            return;
        }
        if (what == FLUSH) {
            flushes = false;
            flush();
        } else {
            end.frame(onTheWay.removeFirst());
        }
    }
}
