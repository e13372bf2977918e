// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Placement;
import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.engine.Timeline;
import io.dragonfly.sim.network.Line;
import io.dragonfly.sim.network.Uplink;
import io.dragonfly.sim.report.Outcome;
import io.dragonfly.sim.scenario.HostClass;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A host: its links, its streams to supernodes, its downloads.
public final class SimHost {
    /// How long a host waits for a supernode that accepts and says nothing.
    private static final long HANDSHAKE_NANOS = 10_000_000_000L;

    /// Why a host failed that left for ever: not a failure of the swarm.
    public static final String LEFT = Outcome.LEFT;

    /// The scheduler gives at most 64 at a time; what it does not know any more may go on for a
    /// while.
    private static final int MOST_UPLOADS = 512;

    private final World world;
    private final Timeline timeline;
    private final int number;
    private final PeerId id;
    private final HostClass hostClass;
    private final Placement place;
    private final Uplink up;
    private final Line down;
    private final List<SimDownload> downloads = new ArrayList<>(1);
    private final List<SimStream> streams = new ArrayList<>(1);
    private final SimProcess process = new SimProcess();
    private final @Nullable SimLimit limit;
    private int swarm;
    private long arrivedNanos;
    private long doneNanos = -1;
    private @Nullable String failure;

    SimHost(World world, int number, HostClass hostClass) {
        this.world = world;
        this.timeline = world.timeline();
        this.number = number;
        this.id = new PeerId("p" + number);
        this.hostClass = hostClass;
        this.place = new Placement("", hostClass.idc(), "");
        this.up = new Uplink(timeline, hostClass.up());
        this.down = new Line(hostClass.down());
        double mbit = hostClass.traits().limitMbit();
        this.limit = mbit > 0 ? new SimLimit(timeline, mbit) : null;
    }

    public PeerId id() {
        return id;
    }

    public HostClass hostClass() {
        return hostClass;
    }

    /// When everything was complete, nanoseconds; -1 where it never was.
    public long doneNanos() {
        return doneNanos;
    }

    /// Why it failed; null where it did not.
    public @Nullable String failure() {
        return failure;
    }

    public List<SimDownload> downloads() {
        return downloads;
    }

    Placement place() {
        return place;
    }

    Uplink up() {
        return up;
    }

    Line down() {
        return down;
    }

    boolean running() {
        return process.running();
    }

    boolean stalled() {
        return process.stalled();
    }

    /// Whether it gives signs of life.
    boolean responds() {
        return process.responds();
    }

    int swarm() {
        return swarm;
    }

    void swarmSize(int size) {
        swarm = size;
    }

    /// When it came, nanoseconds; 0 where it has not.
    public long arrivedNanos() {
        return arrivedNanos;
    }

    void arrive() {
        process.start();
        arrivedNanos = timeline.now();
        for (int c = 0; c < world.scenario().contents().size(); c++) {
            SimDownload download = new SimDownload(world, this, c);
            downloads.add(download);
            download.start();
        }
    }

    /// Power fails: no connection says goodbye.
    void crash() {
        process.end();
        up.freeze(false);
        for (SimDownload download : downloads) {
            download.crash();
        }
        for (SimStream stream : List.copyOf(streams)) {
            stream.close();
            // The keep-alive notices.
            timeline.after(
                    World.DEAD_NANOS,
                    () -> stream.supernode.whenRunning(() -> stream.supernode.streamLost(stream)));
        }
        streams.clear();
    }

    /// The host will not be back, and nobody waits for it.
    void leaveForEver() {
        crash();
        if (doneNanos < 0 && failure == null) {
            failure = LEFT;
            world.finished();
        }
    }

    void back() {
        process.start();
        downloads.forEach(SimDownload::restart);
    }

    void stall(boolean now) {
        process.stall(now);
        up.freeze(now);
        if (now) {
            List<SimStream> silent = List.copyOf(streams);
            int mine = process.life();
            timeline.after(
                    World.DEAD_NANOS,
                    () -> {
                        if (process.stalled() && mine == process.life()) {
                            silent.forEach(this::lose);
                        }
                    });
        }
    }

    /// The supernode gives the stream up; the host hears of it when it goes on.
    private void lose(SimStream stream) {
        stream.supernode.whenRunning(() -> stream.supernode.streamLost(stream));
        whenRunning(() -> streamLost(stream));
    }

    /// Does it now, or when this process goes on; never after a crash.
    void whenRunning(Runnable action) {
        process.whenRunning(action);
    }

    /// Does something when the host's limit lets so many bytes pass.
    void limited(int bytes, Runnable then) {
        if (limit == null) {
            then.run();
        } else {
            limit.pass(bytes, () -> whenRunning(then));
        }
    }

    // Streams.

    /// Gives a stream to the supernode, the one that is there or a new one; null where it does not
    /// answer.
    ///
    /// @param absent hears whether nothing listens there, where it does not answer
    void connect(SimSupernode to, Consumer<SimStream> opened, Consumer<Boolean> absent) {
        for (SimStream stream : streams) {
            if (stream.supernode == to && stream.open()) {
                opened.accept(stream);
                return;
            }
        }
        long roundTrip = 2 * world.conditions().controlNanos();
        if (to.dead()) {
            timeline.after(roundTrip, () -> whenRunning(() -> absent.accept(true)));
            return;
        }
        boolean[] over = {false};
        timeline.after(
                HANDSHAKE_NANOS,
                () ->
                        whenRunning(() -> {
                            if (!over[0]) {
                                over[0] = true;
                                absent.accept(false);
                            }
                        }));
        int mine = process.life();
        // Connection, upgrade, hello.
        timeline.after(
                roundTrip,
                () ->
                        to.whenRunning(() ->
                                whenRunning(() -> {
                                    if (over[0]
                                            || mine != process.life()
                                            || to.dead()
                                            || world.isCut(place.idc())) {
                                        return;
                                    }
                                    over[0] = true;
                                    opened.accept(stream(to));
                                })));
    }

    private SimStream stream(SimSupernode to) {
        for (SimStream stream : streams) {
            if (stream.supernode == to && stream.open()) {
                return stream; // another download of this host was quicker
            }
        }
        SimStream stream = new SimStream(world, this, to);
        streams.add(stream);
        to.opened(stream);
        int slots = hostClass.traits().slots();
        if (slots > 0) {
            stream.toSupernode(
                    MessageSizes.SLOTS, () -> to.decide(new Event.SlotsChanged(id, slots, slots)));
        }
        return stream;
    }

    void frame(SimStream stream, List<Runnable> messages) {
        whenRunning(() ->
                messages.forEach(message -> {
                    if (stream.open()) {
                        message.run();
                    }
                }));
    }

    void streamLost(SimStream stream) {
        stream.close();
        if (streams.remove(stream)) {
            whenRunning(() -> downloads.forEach(d -> d.supernodeLost(stream.supernode)));
        }
    }

    List<SimStream> streams() {
        return streams;
    }

    void controlSent(int bytes) {
        up.taken(bytes);
    }

    void controlReceived(int bytes) {
        down.taken(timeline.now(), bytes);
    }

    // What supernodes say.

    void event(SimSupernode from, VersionId version, DownloadEvent event) {
        SimDownload download = download(version);
        if (download != null) {
            download.said(from, event);
        }
    }

    void versionEnded(SimVersion version, String code) {
        SimDownload download = download(version.id());
        if (download != null) {
            download.givenUp(version, code);
        }
    }

    void recheck(Command.Recheck r) {
        SimDownload download = download(r.version());
        if (download != null) {
            download.recheck(r.firstBlock(), r.endBlock());
        }
    }

    private @Nullable SimDownload download(VersionId version) {
        for (SimDownload download : downloads) {
            if (download.follows(version)) {
                return download;
            }
        }
        return null;
    }

    @Nullable BlockHolder holder(VersionId version) {
        return download(version);
    }

    // What becomes of it.

    void downloadOver() {
        if (doneNanos >= 0 || failure != null) {
            return;
        }
        for (SimDownload download : downloads) {
            if (download.failure() != null) {
                failure = download.failure();
                world.finished();
                return;
            }
        }
        if (downloads.stream().allMatch(SimDownload::complete)) {
            doneNanos = timeline.now();
            world.finished();
        }
    }

    /// Whether it is complete or has failed.
    ///
    /// @throws BrokenInvariant where it remembers more than there can be
    boolean audited(int supernodes) {
        BrokenInvariant.unless(streams.size() <= supernodes, "%d streams", streams.size());
        for (SimDownload download : downloads) {
            BrokenInvariant.unless(
                    download.uploads() <= MOST_UPLOADS, "%d uploads of %s", download.uploads(), id);
        }
        return doneNanos >= 0 || failure != null;
    }

    int number() {
        return number;
    }
}
