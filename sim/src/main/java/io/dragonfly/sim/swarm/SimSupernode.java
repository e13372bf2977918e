// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.sim.engine.Timeline;
import io.dragonfly.sim.network.Line;
import io.dragonfly.sim.network.Uplink;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A supernode: its seed, its policy, its streams. Does what `SwarmLoop` and `PeerReports` do
/// around the scheduler.
public final class SimSupernode {
    private static final HostPort SOMEWHERE = new HostPort("host", 1);

    private final World world;
    private final Timeline timeline;
    private final int number;
    private final Watch watch;
    private final Uplink up;
    private final Line down;
    private final Map<PeerId, SimStream> streams = new LinkedHashMap<>();
    private final Map<VersionId, SimSwarm> swarms = new LinkedHashMap<>();
    private final Map<Integer, SimTask> tasks = new LinkedHashMap<>();
    private final SwarmSizes sizes = new SwarmSizes(streams);
    private final Digests digests = new Digests(this);
    private final SimProcess process = new SimProcess();
    private long cpuFreeAt;
    private long cpuNanos;
    private long controlBytes;
    private long wakeAt = Long.MAX_VALUE;

    SimSupernode(World world, int number, Watch watch) {
        this.world = world;
        this.timeline = world.timeline();
        this.number = number;
        this.watch = watch;
        double mbit = world.scenario().supernodes().get(number);
        this.up = new Uplink(timeline, mbit);
        this.down = new Line(mbit);
        process.start();
    }

    int number() {
        return number;
    }

    /// Bytes of contents that it sent to hosts.
    public long bytes() {
        return up.bytes();
    }

    /// Bytes of its control streams, out.
    public long controlBytes() {
        return controlBytes;
    }

    /// What its decisions cost where that is charged.
    public long cpuNanos() {
        return cpuNanos;
    }

    boolean dead() {
        return !process.running();
    }

    boolean responds() {
        return process.responds();
    }

    Uplink up() {
        return up;
    }

    Line down() {
        return down;
    }

    World world() {
        return world;
    }

    @Nullable SimSwarm swarm(VersionId version) {
        return swarms.get(version);
    }

    int sessions() {
        return streams.size();
    }

    /// Whether nothing here is more than the hosts and contents that there are.
    boolean bounded(int hosts) {
        int contents = world.scenario().contents().size();
        return streams.size() <= hosts
                && tasks.size() <= contents
                && swarms.values().stream().allMatch(swarm -> swarm.bounded(hosts))
                && watch.peers() <= hosts;
    }

    // Faults.

    void die() {
        process.end();
        watch.end();
        tasks.values().forEach(SimTask::stop);
        tasks.clear();
        for (SimSwarm swarm : List.copyOf(swarms.values())) {
            swarm.breakFlows();
        }
        swarms.clear();
        for (SimStream stream : List.copyOf(streams.values())) {
            stream.close();
            stream.host.streamLost(stream);
        }
        streams.clear();
        wakeAt = Long.MAX_VALUE;
    }

    /// Starts again, knowing nothing.
    void revive(Watch fresh) {
        process.start();
        watch.replace(fresh);
        cpuFreeAt = timeline.now();
    }

    void stall(boolean now) {
        process.stall(now);
        up.freeze(now);
        if (now) {
            int mine = process.life();
            for (SimStream stream : List.copyOf(streams.values())) {
                // Not all hosts look at the same moment.
                long at = World.DEAD_NANOS + world.waits().nextLong(World.DEAD_NANOS / 3);
                timeline.after(
                        at,
                        () -> {
                            if (process.stalled() && mine == process.life() && stream.open()) {
                                stream.host.streamLost(stream);
                                whenRunning(() -> streamLost(stream));
                            }
                        });
            }
        }
    }

    /// Does it now, or when this process goes on.
    void whenRunning(Runnable action) {
        process.whenRunning(action);
    }

    // Streams.

    void opened(SimStream stream) {
        PeerId id = stream.host.id();
        SimStream old = streams.put(id, stream);
        if (old != null) {
            old.close();
            gone(id);
        }
        String name = id.value();
        decide(new Event.PeerUp(id, name, name, stream.host.place(), false));
        stream.toPeer(MessageSizes.WELCOME, () -> {});
        sizes.opened(stream);
        // It dials back before it offers the peer to others.
        timeline.after(
                2 * world.conditions().controlNanos(),
                () ->
                        whenRunning(() -> {
                            if (stream.open()) {
                                decide(new Event.Reachable(id, true));
                            }
                        }));
    }

    /// The host is gone, or silent for too long.
    @SuppressWarnings("ReferenceEquality") // the very same stream
    void streamLost(SimStream stream) {
        stream.close();
        PeerId id = stream.host.id();
        if (streams.get(id) == stream) {
            streams.remove(id);
            gone(id);
        }
    }

    private void gone(PeerId id) {
        swarms.values().forEach(swarm -> swarm.gone(id));
        decide(new Event.PeerDown(id));
    }

    void frame(SimStream stream, List<Runnable> messages) {
        long cost = world.conditions().messageNanos() * messages.size();
        Runnable all =
                () ->
                        whenRunning(() ->
                                messages.forEach(message -> {
                                    if (stream.open()) {
                                        message.run();
                                    }
                                }));
        if (cost == 0) {
            all.run();
        } else {
            charge(messages.size());
            timeline.at(cpuFreeAt, all);
        }
    }

    void charge(int messages) {
        long cost = world.conditions().messageNanos() * messages;
        cpuFreeAt = Math.max(cpuFreeAt, timeline.now()) + cost;
        cpuNanos += cost;
    }

    void controlSent(int bytes) {
        up.taken(bytes);
        controlBytes += bytes;
    }

    void controlReceived(int bytes) {
        down.taken(timeline.now(), bytes);
    }

    // What peers say.

    void register(SimStream stream, SimDownload download) {
        SimTask task = tasks.computeIfAbsent(download.content(), c -> new SimTask(this, c));
        task.obtain(stream, download);
    }

    void turnOver(int content, PeerId peer) {
        SimTask task = tasks.get(content);
        if (task != null) {
            task.turnOver(peer);
        }
    }

    /// @param claimed ranges that are complete at the peer, as it says
    /// @param partial pieces of which it has some blocks
    void announce(
            SimStream stream,
            SimVersion version,
            BitSet claimed,
            List<Integer> partial,
            boolean wants) {
        SimSwarm swarm = swarms.get(version.id());
        PeerId peer = stream.host.id();
        if (swarm == null) {
            return;
        }
        swarm.members().add(peer);
        sizes.wants(swarm, stream, wants);
        digests.tellPieces(swarm, claimed, stream);
        for (int piece : partial) {
            digests.sendBlockDigests(swarm, piece, stream);
            if (!swarm.pieceKnown(piece)) {
                swarm.subscribe(piece, peer);
            }
        }
        decide(new Event.Joined(peer, version.id(), new BitSet(), wants, 0, 0));
    }

    /// @param started range whose first block is there, or -1
    /// @param done range that is complete, or -1
    void progress(PeerId peer, SimVersion version, int started, int done, int next) {
        SimSwarm swarm = swarms.get(version.id());
        SimStream stream = streams.get(peer);
        if (swarm == null || stream == null) {
            return;
        }
        if (next >= version.geometry().ranges() && swarm.wanting().contains(peer)) {
            sizes.wants(swarm, stream, false);
        }
        if (started >= 0) {
            decide(new Event.Started(peer, version.id(), started));
        }
        if (done >= 0) {
            decide(new Event.Done(peer, version.id(), done));
        }
        decide(new Event.Needs(peer, version.id(), next));
    }

    // The seed.

    SimSwarm open(SimVersion version) {
        SimSwarm swarm = new SimSwarm(this, version);
        swarms.put(version.id(), swarm);
        decide(new Event.SwarmOpened(version.id(), version.geometry()));
        return swarm;
    }

    /// The version is not given out any more.
    void end(SimSwarm swarm, String code) {
        for (PeerId peer : swarm.members()) {
            SimStream stream = streams.get(peer);
            if (stream != null) {
                SimVersion version = swarm.version();
                stream.toPeer(MessageSizes.ENDED, () -> stream.host.versionEnded(version, code));
            }
        }
        swarms.remove(swarm.version().id());
        swarm.breakFlows();
        decide(new Event.SwarmClosed(swarm.version().id()));
    }

    void blockRead(SimSwarm swarm, int block) {
        SimVersion version = swarm.version();
        digests.blockRead(swarm, block, streams);
        int range = version.geometry().rangeOfBlock(block);
        boolean first = block == version.geometry().firstBlockOfRange(range);
        if (world.cutThrough() ? first : swarm.rangeComplete(block)) {
            decide(new Event.SeedHas(version.id(), range));
        }
    }

    // Decisions.

    void decide(Event event) {
        for (Command command : watch.on(event, timeline.now())) {
            switch (command) {
                case Command.Offer offer -> offer(offer);
                case Command.Cancel c ->
                        tell(
                                c.peer(),
                                c.version(),
                                MessageSizes.CANCEL,
                                new DownloadEvent.Withdrawn(c.range(), c.parent()));
                case Command.Recheck r -> recheck(r);
                case Command.WakeAt wake -> wake(wake.nanos());
                case Command.Isolated _, Command.Blacklisted _, Command.AtLimit _ -> {
                    // For people.
                }
            }
        }
    }

    private void wake(long nanos) {
        if (nanos >= wakeAt) {
            return;
        }
        wakeAt = nanos;
        int mine = process.life();
        timeline.at(
                Math.max(nanos, timeline.now()),
                () -> {
                    if (mine == process.life() && wakeAt == nanos) {
                        wakeAt = Long.MAX_VALUE;
                        whenRunning(() -> decide(new Event.Tick()));
                    }
                });
    }

    private void offer(Command.Offer offer) {
        SimSwarm swarm = swarms.get(offer.version());
        SimStream to = streams.get(offer.peer());
        if (swarm == null || to == null) {
            return;
        }
        int piece = swarm.version().geometry().pieceOfRange(offer.range());
        Sha256 digest = swarm.pieceKnown(piece) ? swarm.version().pieces().get(piece) : null;
        if (digest == null) {
            digests.sendBlockDigests(swarm, piece, to);
            swarm.subscribe(piece, offer.peer());
        }
        tell(
                offer.peer(),
                offer.version(),
                digest == null ? MessageSizes.OFFER_WITHOUT_DIGEST : MessageSizes.OFFER,
                new DownloadEvent.Offered(offer.range(), offer.parent(), SOMEWHERE, digest));
    }

    private void tell(PeerId peer, VersionId version, int bytes, DownloadEvent event) {
        SimStream stream = streams.get(peer);
        if (stream != null) {
            charge(1);
            stream.toPeer(bytes, () -> stream.host.event(this, version, event));
        }
    }

    private void recheck(Command.Recheck r) {
        SimStream stream = streams.get(r.peer());
        if (r.peer().isSeed()) {
            decide(new Event.Rechecked(r.peer(), r.version(), r.firstBlock(), List.of()));
        } else if (stream != null) {
            charge(1);
            stream.toPeer(MessageSizes.RECHECK, () -> stream.host.recheck(r));
        }
    }
}
