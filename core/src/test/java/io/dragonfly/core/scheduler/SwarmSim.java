// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static java.util.Objects.requireNonNull;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// One version spreads from a seed to hosts over simulated links, under the production scheduler.
///
/// Modelled: link rates, windows, cut-through of blocks, latency of control messages, batched
/// reports, turns at uplinks. Not modelled: headers, acknowledgements, slow start, CPU, loss.
final class SwarmSim {
    static final long MILLI = 1_000_000;
    private static final long CONTROL_LATENCY = 5 * MILLI;
    private static final int SECONDS_LIMIT = 3600;

    /// A host: its rates, where it is, when it starts, what it asks for.
    record Host(double up, double down, String idc, int downloadSlots, int uploadSlots) {
        static Host of(double mbit) {
            return new Host(mbit, mbit, "", 0, 0);
        }
    }

    /// @param thin rate of the link into each IDC, Mbit/s
    /// @param origin rate at which the seed reads, Mbit/s
    /// @param unfairness see [SimNetwork]
    record Setup(
            long length,
            double seedUp,
            double thin,
            double origin,
            double unfairness,
            SchedulerSettings settings,
            List<Host> hosts) {
        Setup {
            hosts = List.copyOf(hosts);
        }

        static Setup of(double seedUp, List<Host> hosts) {
            return new Setup(200_000_000, seedUp, 0, 0, 0, SchedulerSettings.DEFAULTS, hosts);
        }

        Setup with(SchedulerSettings newSettings) {
            return new Setup(length, seedUp, thin, origin, unfairness, newSettings, hosts);
        }

        Setup unfair(double newUnfairness) {
            return new Setup(length, seedUp, thin, origin, newUnfairness, settings, hosts);
        }

        Setup thin(double mbit) {
            return new Setup(length, seedUp, mbit, origin, unfairness, settings, hosts);
        }

        Setup origin(double mbit) {
            return new Setup(length, seedUp, thin, mbit, unfairness, settings, hosts);
        }

        Setup length(long bytes) {
            return new Setup(bytes, seedUp, thin, origin, unfairness, settings, hosts);
        }
    }

    /// @param seconds when each host was complete, -1 where it never was
    record Result(
            List<Double> seconds, double seedCopies, Map<String, Double> thinCopies, long events) {
        double last() {
            double last = 0;
            for (double s : seconds) {
                last = s < 0 ? Double.POSITIVE_INFINITY : Math.max(last, s);
            }
            return last;
        }
    }

    final Setup setup;
    final Geometry geometry;
    final VersionId version = Sketch.version(1);
    final SimNetwork network;
    final Scheduler scheduler;
    final SimNetwork.Uplink seedUplink;
    private final BitSet seedBlocks = new BitSet();
    private final List<SimPeer> peers = new ArrayList<>();
    private final Map<PeerId, SimPeer> byId = new LinkedHashMap<>();
    private final Map<String, SimNetwork.Link> thinLinks = new LinkedHashMap<>();
    private final List<SimPeer.Upload> seedUploads = new ArrayList<>();
    int unfinished;
    private long events;

    SwarmSim(Setup setup, long seed) {
        this.setup = setup;
        SplittableRandom random = new SplittableRandom(seed);
        this.geometry = Geometry.of(setup.length());
        this.network = new SimNetwork(random.split(), setup.unfairness());
        this.scheduler = new Scheduler(setup.settings(), random.split());
        this.seedUplink = network.new Uplink(setup.seedUp());
        for (Host host : setup.hosts()) {
            SimPeer peer = new SimPeer(this, host, new PeerId("p" + peers.size()));
            peers.add(peer);
            byId.put(peer.id, peer);
            if (setup.thin() > 0) {
                thinLinks.computeIfAbsent(host.idc(), _ -> new SimNetwork.Link(setup.thin()));
            }
        }
        unfinished = peers.size();
        tell(new Event.SwarmOpened(version, geometry));
        readOrigin();
        for (SimPeer peer : peers) {
            network.at(random.nextLong(50 * MILLI), peer::start);
        }
    }

    Result run() {
        while (unfinished > 0 && network.now < SECONDS_LIMIT * 1000L * MILLI) {
            if (!network.step()) {
                break;
            }
        }
        List<Double> seconds = new ArrayList<>();
        for (SimPeer peer : peers) {
            seconds.add(peer.doneNanos < 0 ? -1 : peer.doneNanos / 1e9);
        }
        Map<String, Double> thin = new LinkedHashMap<>();
        thinLinks.forEach((idc, link) -> thin.put(idc, link.bytes / (double) setup.length()));
        return new Result(seconds, seedUplink.link.bytes / (double) setup.length(), thin, events);
    }

    private void readOrigin() {
        int blocks = geometry.blocks();
        if (setup.origin() == 0) {
            for (int b = 0; b < blocks; b++) {
                seedHas(b);
            }
            return;
        }
        SimNetwork.Link link = new SimNetwork.Link(setup.origin());
        for (int b = 0; b < blocks; b++) {
            int block = b;
            network.at(link.through(0, geometry.blockLength(b)), () -> seedHas(block));
        }
    }

    private void seedHas(int block) {
        seedBlocks.set(block);
        for (SimPeer.Upload upload : seedUploads) {
            upload.update(seedBlocks);
        }
        int range = geometry.rangeOfBlock(block);
        if (block == geometry.firstBlockOfRange(range)) {
            tell(new Event.SeedHas(version, range));
        }
    }

    /// Hands an event to the scheduler now, and its commands to the peers after the latency.
    void tell(Event event) {
        events++;
        for (Command command : scheduler.on(event, network.now)) {
            switch (command) {
                case Command.Offer o ->
                        network.after(CONTROL_LATENCY, () -> peer(o.peer()).offered(o));
                case Command.Cancel c ->
                        network.after(CONTROL_LATENCY, () -> peer(c.peer()).cancelled(c));
                case Command.WakeAt w -> network.at(w.nanos(), () -> tell(new Event.Tick()));
                case Command.Recheck _ -> {
                    // Nobody lies here.
                }
                case Command.Isolated _, Command.Blacklisted _, Command.AtLimit _ -> {
                    // For people.
                }
            }
        }
    }

    /// The same for a message that is still on its way to the supernode.
    void report(Event event) {
        network.after(CONTROL_LATENCY, () -> tell(event));
    }

    private SimPeer peer(PeerId id) {
        return requireNonNull(byId.get(id));
    }

    SimPeer.Upload upload(PeerId parent, SimPeer child, int fromBlock, int endBlock) {
        SimPeer from = parent.isSeed() ? null : peer(parent);
        String idc = from == null ? "" : from.host.idc();
        SimNetwork.Link thin =
                idc.equals(child.host.idc()) ? null : thinLinks.get(child.host.idc());
        SimPeer.Upload upload =
                new SimPeer.Upload(
                        network
                        .new Flow(
                                from == null ? seedUplink : from.uplink,
                                thin,
                                child.downlink,
                                offset(fromBlock),
                                offset(endBlock),
                                child),
                        geometry);
        List<SimPeer.Upload> uploads = from == null ? seedUploads : from.uploads;
        uploads.removeIf(SimPeer.Upload::over);
        uploads.add(upload);
        upload.update(from == null ? seedBlocks : from.blocks);
        return upload;
    }

    long offset(int block) {
        return Math.min((long) block * geometry.blockSize(), geometry.length());
    }
}
