// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.sim.engine.Timeline;
import io.dragonfly.sim.network.Flow;
import io.dragonfly.sim.network.FlowSink;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// One content at one supernode: asks the origin once for all who ask at the same time, reads it
/// block by block, begins again where the connection broke.
final class SimTask implements FlowSink {
    private static final long COALESCE_NANOS = 1_000_000_000L;
    private static final long FIRST_PAUSE_NANOS = 200_000_000L;
    private static final long LAST_PAUSE_NANOS = 10_000_000_000L;

    /// The origin is not reached for so long: the version ends.
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    /// A connection without a byte for so long is given up.
    private static final long IDLE_NANOS = 120_000_000_000L;

    private static final int TURNS = 2;
    private static final long ASK_AGAIN_MILLIS = 3000;
    private static final int INLINE_BYTES = 128 << 10;

    private final SimSupernode supernode;
    private final Timeline timeline;
    private final int content;
    private final List<Asker> waiting = new ArrayList<>();
    private final Set<PeerId> turns = new TreeSet<>();
    private @Nullable SimSwarm swarm;
    private SimOrigin.@Nullable Reading reading;
    private boolean asking;
    private boolean stopped;
    private long validated = Long.MIN_VALUE / 2;
    private long heard;
    private long pause;
    private long troubleSince = -1;
    private int attempt;

    private record Asker(SimStream stream, SimDownload download) {}

    SimTask(SimSupernode supernode, int content) {
        this.supernode = supernode;
        this.timeline = supernode.world().timeline();
        this.content = content;
    }

    void stop() {
        stopped = true;
        if (reading != null) {
            reading.close();
            reading = null;
        }
    }

    void obtain(SimStream stream, SimDownload download) {
        turns.remove(stream.host.id());
        waiting.add(new Asker(stream, download));
        boolean fresh = timeline.now() - validated < COALESCE_NANOS;
        if (swarm != null && (!swarm.complete() || fresh)) {
            answer();
        } else if (!asking) {
            ask();
        }
    }

    private void ask() {
        asking = true;
        supernode
                .world()
                .origin()
                .ask(
                        content,
                        version ->
                                supernode.whenRunning(() -> {
                                    asking = false;
                                    if (!stopped) {
                                        said(version);
                                    }
                                }));
    }

    private void said(@Nullable SimVersion version) {
        if (version == null) {
            if (swarm == null) {
                refuse();
            } else {
                answer(); // what is here is given out where the origin does not answer
            }
            return;
        }
        validated = timeline.now();
        if (swarm == null || !swarm.version().id().equals(version.id())) {
            swarm = supernode.open(version);
            read();
        }
        answer();
    }

    /// Nobody can read it here; few at a time may try for themselves.
    private void refuse() {
        for (Asker asker : List.copyOf(waiting)) {
            boolean turn = turns.size() < TURNS;
            if (turn) {
                turns.add(asker.stream.host.id());
            }
            asker.stream.toPeer(
                    MessageSizes.REFUSED,
                    () -> asker.download.refused(asker.stream, turn, ASK_AGAIN_MILLIS));
        }
        waiting.clear();
    }

    void turnOver(PeerId peer) {
        turns.remove(peer);
    }

    private void answer() {
        SimSwarm now = swarm;
        if (now == null) {
            return;
        }
        SimVersion version = now.version();
        boolean inline = version.geometry().length() <= INLINE_BYTES;
        if (inline && !now.complete()) {
            return; // when it is read
        }
        int bytes =
                MessageSizes.REGISTERED
                        + (inline ? (int) (version.geometry().length() * 4 / 3) : 0);
        for (Asker asker : waiting) {
            asker.stream.toPeer(
                    bytes, () -> asker.download.registered(asker.stream, version, inline));
        }
        waiting.clear();
    }

    private void read() {
        SimSwarm now = swarm;
        if (now == null || stopped || now.complete()) {
            return;
        }
        heard = timeline.now();
        int mine = ++attempt;
        reading =
                supernode
                        .world()
                        .origin()
                        .read(
                                now.version(),
                                now.firstUnread(),
                                supernode.down(),
                                this,
                                () -> supernode.whenRunning(this::broken));
        timeline.after(IDLE_NANOS, () -> watch(mine));
    }

    private void watch(int of) {
        if (stopped || of != attempt || reading == null) {
            return;
        }
        long quiet = timeline.now() - heard;
        if (quiet >= IDLE_NANOS) {
            reading.close();
            broken();
        } else {
            timeline.after(IDLE_NANOS - quiet, () -> watch(of));
        }
    }

    /// The connection broke: asks again after a pause, and goes on where it was.
    private void broken() {
        if (stopped) {
            return;
        }
        reading = null;
        attempt++;
        if (troubleSince < 0) {
            troubleSince = timeline.now();
            pause = FIRST_PAUSE_NANOS;
        }
        long chance = supernode.world().waits().nextLong(pause / 2 + 1);
        timeline.after(pause / 2 + chance, () -> supernode.whenRunning(this::again));
        pause = Math.min(LAST_PAUSE_NANOS, 2 * pause);
    }

    private void again() {
        supernode
                .world()
                .origin()
                .ask(
                        content,
                        version ->
                                supernode.whenRunning(() -> {
                                    SimSwarm now = swarm;
                                    if (stopped || now == null) {
                                        return;
                                    }
                                    if (version == null) {
                                        if (timeline.now() - troubleSince > PATIENCE_NANOS) {
                                            end(now, "origin-network");
                                        } else {
                                            broken();
                                        }
                                    } else if (!version.id().equals(now.version().id())) {
                                        end(now, "origin-changed");
                                    } else {
                                        read();
                                    }
                                }));
    }

    private void end(SimSwarm now, String code) {
        swarm = null;
        troubleSince = -1;
        supernode.end(now, code);
    }

    @Override
    public void arrived(Flow flow, int block) {
        supernode.whenRunning(() -> {
            SimSwarm now = swarm;
            if (stopped || now == null || now.blockKnown(block)) {
                return;
            }
            heard = timeline.now();
            troubleSince = -1;
            supernode.blockRead(now, block);
            if (now.complete()) {
                validated = timeline.now();
                answer();
            }
        });
    }

    @Override
    public void completed(Flow flow) {
        if (reading != null) {
            reading.close();
            reading = null;
        }
    }
}
