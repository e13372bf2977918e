// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.download.Action;
import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.download.DownloadSettings;
import io.dragonfly.core.download.DownloadState;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.engine.Due;
import io.dragonfly.sim.engine.Timeline;
import io.dragonfly.sim.network.Flow;
import io.dragonfly.sim.network.FlowSink;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// One version under one supernode: gives the production [DownloadState] its events and carries out
/// its actions, as `VersionSession` and `FlowRun` do.
final class SimSession implements FlowSink, Due {
    /// No byte and no sign of life from a parent for so long: another one.
    private static final long SILENT_NANOS = 5_000_000_000L;

    /// A machine that is not there does not even refuse.
    private static final long CONNECT_NANOS = 3_000_000_000L;

    /// No peer runs more; the scheduler gives at most 64, and parents are replaced.
    private static final int MOST_FLOWS = 256;

    private final World world;
    private final Timeline timeline;
    private final SimDownload download;
    private final SimStream stream;
    private final SimVersion version;
    private final DownloadState state;
    private final List<SimFlow> runs = new ArrayList<>(6);
    private final BlockChecks checks;
    private boolean ticking;
    private boolean over;

    SimSession(World world, SimDownload download, SimStream stream, SimVersion version) {
        this.world = world;
        this.timeline = world.timeline();
        this.download = download;
        this.stream = stream;
        this.version = version;
        this.state = new DownloadState(version.geometry(), DownloadSettings.DEFAULT);
        this.checks = new BlockChecks(world, this, download, version, state);
        var stored = download.stored();
        for (int b = stored.nextSetBit(0); b >= 0; b = stored.nextSetBit(b + 1)) {
            state.recall(b, version.blocks().get(b));
        }
    }

    SimVersion version() {
        return version;
    }

    SimStream stream() {
        return stream;
    }

    boolean complete() {
        return state.complete();
    }

    /// Whether it is not over.
    boolean runs(SimFlow flow) {
        return runs.contains(flow);
    }

    int flows() {
        return runs.size();
    }

    @Nullable List<Sha256> expectedBlocks(int piece) {
        return state.expectedBlocks(piece);
    }

    void on(DownloadEvent event) {
        if (over) {
            return;
        }
        for (Action action : state.on(event, timeline.now())) {
            perform(action);
        }
        if (event instanceof DownloadEvent.BlockDigestsKnown) {
            for (int i = runs.size() - 1; i >= 0 && i < runs.size(); i--) {
                if (runs.get(i).held) {
                    runs.get(i).held = false;
                    checks.process(runs.get(i));
                }
            }
        }
    }

    /// The supernode is gone; what is under way goes on.
    void supernodeLost() {
        on(new DownloadEvent.SupernodeLost());
    }

    /// Nothing goes on.
    void abandon() {
        over = true;
        for (SimFlow run : List.copyOf(runs)) {
            close(run);
        }
    }

    /// Nothing goes on, and the supernode is told.
    void leave() {
        abandon();
        report(MessageSizes.LEAVE, new Event.Left(download.host().id(), version.id()));
    }

    private void perform(Action action) {
        switch (action) {
            case Action.Start a -> start(a);
            case Action.StopAtNextBlock a -> {
                SimFlow run = run(a.flow());
                if (run != null && run.flow != null) {
                    run.flow.stopAtNextBlock();
                }
            }
            case Action.Cancel a -> {
                SimFlow run = run(a.flow());
                if (run != null) {
                    close(run);
                }
            }
            case Action.Adopt a -> timeline.after(0, () -> stored(a.block()));
            case Action.Drop a -> download.drop(a.block());
            case Action.ReportStarted a -> progress(a.range(), -1);
            case Action.ReportDone a -> progress(-1, a.range());
            case Action.ReportEnding a ->
                    report(
                            MessageSizes.ENDING,
                            new Event.Ending(download.host().id(), version.id(), a.range()));
            case Action.ReportFailed a ->
                    report(
                            MessageSizes.FAILED,
                            new Event.Failed(
                                    download.host().id(),
                                    version.id(),
                                    a.range(),
                                    a.parent(),
                                    a.reason(),
                                    a.block()));
            case Action.ReportSlow a ->
                    report(
                            MessageSizes.SLOW,
                            new Event.Slow(
                                    download.host().id(),
                                    version.id(),
                                    a.range(),
                                    a.parent(),
                                    a.block()));
        }
    }

    private void progress(int started, int done) {
        int next = state.nextRange();
        var id = download.host().id();
        stream.toSupernode(
                MessageSizes.PROGRESS,
                () -> stream.supernode.progress(id, version, started, done, next));
    }

    void report(int bytes, Event event) {
        stream.toSupernode(bytes, () -> stream.supernode.decide(event));
    }

    private @Nullable SimFlow run(int flow) {
        for (int i = 0; i < runs.size(); i++) {
            if (runs.get(i).start.flow() == flow) {
                return runs.get(i);
            }
        }
        return null;
    }

    private void start(Action.Start a) {
        SimHost host = download.host();
        BlockHolder parent = world.holder(a.parent(), stream.supernode, version.id());
        SimFlow run = new SimFlow(a, parent, timeline.now());
        runs.add(run);
        BrokenInvariant.unless(runs.size() <= MOST_FLOWS, "%d flows to %s", runs.size(), host.id());
        SimHost from = a.parent().isSeed() ? null : world.host(a.parent());
        var up = from == null ? stream.supernode.up() : from.up();
        Flow flow =
                new Flow(
                        timeline,
                        world.conditions().network(),
                        world.path(up, from, host),
                        parent == null ? block -> false : parent,
                        this,
                        version.geometry(),
                        a.flow(),
                        a.firstBlock(),
                        a.endBlock());
        run.flow = flow;
        boolean cut = world.cut(host, from);
        timeline.after(
                world.conditions().network().latencyNanos(),
                () -> host.whenRunning(() -> asked(run, flow, from, cut)));
        if (!ticking) {
            ticking = true;
            timeline.after(DownloadSettings.DEFAULT.watchIntervalNanos(), this, 0);
        }
    }

    /// The request is at the parent.
    private void asked(SimFlow run, Flow flow, @Nullable SimHost from, boolean cut) {
        if (!runs.contains(run)) {
            return;
        }
        BlockHolder parent = run.parent;
        boolean away = cut || (from != null && !from.running());
        FailureReason no =
                away
                        ? FailureReason.UNREACHABLE
                        : parent == null ? FailureReason.UNKNOWN_VERSION : parent.accept(flow);
        if (no == null) {
            run.asked = true;
            flow.available();
        } else {
            long wait = away ? CONNECT_NANOS : world.conditions().network().latencyNanos();
            timeline.after(wait, () -> download.host().whenRunning(() -> fail(run, no)));
        }
    }

    void close(SimFlow run) {
        runs.remove(run);
        if (run.flow != null) {
            run.flow.close();
            if (run.asked && run.parent != null) {
                run.parent.released(run.flow);
            }
        }
    }

    void fail(SimFlow run, FailureReason reason) {
        if (runs.contains(run)) {
            close(run);
            on(new DownloadEvent.FlowFailed(run.start.flow(), reason));
        }
    }

    /// The connection ended.
    void broken(Flow flow, FailureReason reason) {
        SimFlow run = run(flow.id());
        if (run != null) {
            flow.close();
            timeline.after(
                    world.conditions().network().latencyNanos(),
                    () -> download.host().whenRunning(() -> fail(run, reason)));
        }
    }

    /// Nothing passes any more, and nobody says so.
    ///
    /// @param own where this host is
    /// @param idc that is cut off from the rest
    void cutOff(String own, String idc) {
        for (SimFlow run : runs) {
            SimHost from = run.start.parent().isSeed() ? null : world.host(run.start.parent());
            boolean parentInside = from != null && from.place().idc().equals(idc);
            if (run.flow != null && own.equals(idc) != parentInside) {
                run.flow.close();
            }
        }
    }

    List<Flow> flowsNow() {
        List<Flow> flows = new ArrayList<>();
        for (SimFlow run : runs) {
            if (run.flow != null) {
                flows.add(run.flow);
            }
        }
        return flows;
    }

    @Override
    public void arrived(Flow flow, int block) {
        SimFlow run = run(flow.id());
        if (run == null) {
            return;
        }
        SimHost host = download.host();
        if (host.stalled()) {
            host.whenRunning(() -> arrived(run, block));
        } else {
            arrived(run, block);
        }
    }

    private void arrived(SimFlow run, int block) {
        run.heard = timeline.now();
        int bytes = version.geometry().blockLength(block);
        download.limited(
                bytes,
                () -> {
                    if (runs.contains(run)) {
                        on(new DownloadEvent.Received(run.start.flow(), bytes));
                        if (!run.storing && !run.held) {
                            checks.process(run);
                        }
                    }
                });
    }

    @Override
    public void completed(Flow flow) {
        for (SimFlow run : List.copyOf(runs)) {
            if (run.flow == flow) {
                checks.endIfAllIsLookedAt(run);
            }
        }
    }

    void end(SimFlow run) {
        close(run);
        on(new DownloadEvent.FlowCompleted(run.start.flow()));
    }

    void stored(int block) {
        if (!over) {
            download.store(block);
            on(new DownloadEvent.Stored(block));
            download.blockVerified(block);
        }
    }

    void lost(int block) {
        on(new DownloadEvent.Lost(block));
    }

    @Override
    public void due(int what) {
        ticking = !over && !runs.isEmpty();
        if (!ticking) {
            return;
        }
        timeline.after(DownloadSettings.DEFAULT.watchIntervalNanos(), this, 0);
        if (!download.host().responds()) {
            return;
        }
        long now = timeline.now();
        for (SimFlow run : List.copyOf(runs)) {
            look(run, now);
        }
        on(new DownloadEvent.Tick());
    }

    private void look(SimFlow run, long now) {
        Flow flow = run.flow;
        boolean alive = flow != null && !flow.closed() && run.parent != null;
        if (alive && flow != null && flow.moves()) {
            // Less than a block came, and counts as a sign of life.
            run.heard = now;
            on(new DownloadEvent.Received(run.start.flow(), 1));
        } else if (alive && run.parent != null && run.parent.responds()) {
            run.heard = now; // it says that it waits
        } else if (now - run.heard > SILENT_NANOS && run.next >= flow(run)) {
            fail(run, FailureReason.STALLED);
        }
    }

    private static int flow(SimFlow run) {
        return run.flow == null ? 0 : run.flow.arriving();
    }
}
