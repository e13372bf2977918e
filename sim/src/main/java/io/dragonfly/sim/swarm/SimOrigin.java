// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.sim.engine.Timeline;
import io.dragonfly.sim.network.Flow;
import io.dragonfly.sim.network.FlowSink;
import io.dragonfly.sim.network.FlowSource;
import io.dragonfly.sim.network.Line;
import io.dragonfly.sim.network.Uplink;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The server that has the contents. It can stand still, fail, and change what it has.
public final class SimOrigin {
    private static final long ASK_NANOS = 2_000_000;
    private static final long READ_NANOS = 200_000;
    private static final int WINDOW_BLOCKS = 4;

    /// How long an asker waits for the first byte of an answer.
    private static final long ANSWER_NANOS = 10_000_000_000L;

    private final World world;
    private final Timeline timeline;
    private final RandomGenerator random;
    private final Uplink up;
    private final List<SimVersion> current = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    private final List<Runnable> unanswered = new ArrayList<>();
    private boolean stalled;
    private boolean failing;
    private int asking;
    private int mostConnections;

    SimOrigin(World world, RandomGenerator random) {
        this.world = world;
        this.timeline = world.timeline();
        this.random = random;
        this.up = new Uplink(timeline, world.scenario().origin());
        for (long length : world.scenario().contents()) {
            current.add(SimVersion.of(current.size(), world.geometry(length), random));
        }
    }

    /// Bytes that went out.
    public long bytes() {
        return up.bytes();
    }

    /// The most connections that were open at a time.
    public int mostConnections() {
        return mostConnections;
    }

    SimVersion version(int content) {
        return current.get(content);
    }

    void stall(boolean now) {
        stalled = now;
        up.freeze(now);
        if (!now) {
            List<Runnable> late = List.copyOf(unanswered);
            unanswered.clear();
            late.forEach(Runnable::run);
        }
    }

    void fail(boolean now) {
        failing = now;
        if (now) {
            for (Reading reading : List.copyOf(readings)) {
                reading.broken();
            }
        }
    }

    void change(int content) {
        current.set(content, SimVersion.of(content, current.get(content).geometry(), random));
        for (Reading reading : List.copyOf(readings)) {
            if (reading.version.content() == content) {
                reading.broken();
            }
        }
    }

    /// Asks what the content is now; null comes where the origin cannot say.
    void ask(int content, Consumer<@Nullable SimVersion> answer) {
        asking++;
        count();
        boolean[] over = {false};
        Consumer<@Nullable SimVersion> once =
                version -> {
                    if (!over[0]) {
                        over[0] = true;
                        asking--;
                        answer.accept(version);
                    }
                };
        timeline.after(
                2 * ASK_NANOS,
                () -> {
                    if (failing) {
                        once.accept(null);
                    } else if (stalled) {
                        unanswered.add(() -> once.accept(failing ? null : current.get(content)));
                        timeline.after(ANSWER_NANOS, () -> once.accept(null));
                    } else {
                        once.accept(current.get(content));
                    }
                });
    }

    private void count() {
        mostConnections = Math.max(mostConnections, readings.size() + asking);
    }

    /// A connection over which blocks come.
    final class Reading implements FlowSource {
        private final SimVersion version;
        private final Runnable broken;
        private final Flow flow;

        private Reading(SimVersion version, int from, Line down, FlowSink sink, Runnable broken) {
            this.version = version;
            this.broken = broken;
            // One long connection: its window has grown, and it is near.
            Flow.Path path = new Flow.Path(up, null, down, READ_NANOS, 1);
            this.flow =
                    new Flow(
                            timeline,
                            world.conditions().network().withWindow(WINDOW_BLOCKS),
                            path,
                            this,
                            sink,
                            version.geometry(),
                            0,
                            from,
                            version.geometry().blocks());
        }

        @Override
        public boolean has(int block) {
            return true;
        }

        void close() {
            flow.close();
            readings.remove(this);
        }

        private void broken() {
            close();
            broken.run();
        }
    }

    /// Reads from a block on to the end.
    ///
    /// @param broken called where the connection ends before
    Reading read(SimVersion version, int from, Line down, FlowSink sink, Runnable broken) {
        Reading reading = new Reading(version, from, down, sink, broken);
        readings.add(reading);
        count();
        reading.flow.available();
        return reading;
    }
}
