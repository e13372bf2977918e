// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.sim.engine.Due;
import io.dragonfly.sim.engine.Timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// One direction of a control stream: a message goes out at once if nothing did within the batch
/// time, else together with others at its end.
final class Wire implements Due {
    private static final int FLUSH = 0;
    private static final int ARRIVE = 1;

    private final Timeline timeline;
    private final long latency;
    private final long batch;
    private final Consumer<List<Runnable>> frame;
    private final IntConsumer sent;
    private long quietFrom;
    private List<Runnable> waiting = new ArrayList<>(2);
    private final ArrayList<List<Runnable>> onTheWay = new ArrayList<>(2);
    private int bytes;
    private boolean flushes;
    private boolean closed;

    /// @param frame takes a frame that arrives
    /// @param sent hears of a frame's bytes when it leaves
    Wire(World world, Consumer<List<Runnable>> frame, IntConsumer sent) {
        this.timeline = world.timeline();
        this.latency = world.conditions().controlNanos();
        this.batch = world.conditions().batchNanos();
        this.frame = frame;
        this.sent = sent;
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
        sent.accept(bytes + MessageSizes.FRAME);
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
            frame.accept(onTheWay.removeFirst());
        }
    }
}
