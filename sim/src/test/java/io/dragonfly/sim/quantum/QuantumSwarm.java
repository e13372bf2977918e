// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.quantum;

import static java.util.Objects.requireNonNull;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Scheduler;
import io.dragonfly.core.scheduler.SchedulerSettings;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// One version spreads from a seed to hosts over simulated links, under the production scheduler.
///
/// Modelled: link rates, windows, cut-through of blocks, latency of control messages, batched
/// reports, turns at uplinks. Not modelled: headers, acknowledgements, slow start, CPU, loss.
final class QuantumSwarm {
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
    /// @param unfairness see [QuantumNetwork]
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
    final VersionId version = new VersionId("0".repeat(32));
    final QuantumNetwork network;
    final Scheduler scheduler;
    final QuantumNetwork.Uplink seedUplink;
    private final BitSet seedBlocks = new BitSet();
    private final List<QuantumPeer> peers = new ArrayList<>();
    private final Map<PeerId, QuantumPeer> byId = new LinkedHashMap<>();
    private final Map<String, QuantumNetwork.Link> thinLinks = new LinkedHashMap<>();
    private final List<QuantumPeer.Upload> seedUploads = new ArrayList<>();
    int unfinished;
    private long events;

    /// What the seed was told to send and has not sent, as far as is known; peer and range.
    private final Set<String> seedFlights = new LinkedHashSet<>();

    /// The most of them at a time, after the first half of the run.
    int seedFlightsLater;

    QuantumSwarm(Setup setup, long seed) {
        this.setup = setup;
        SplittableRandom random = new SplittableRandom(seed);
        this.geometry = Geometry.of(setup.length());
        this.network = new QuantumNetwork(random.split(), setup.unfairness());
        this.scheduler = new Scheduler(setup.settings(), random.split());
        this.seedUplink = network.new Uplink(setup.seedUp());
        for (Host host : setup.hosts()) {
            QuantumPeer peer = new QuantumPeer(this, host, new PeerId("p" + peers.size()));
            peers.add(peer);
            byId.put(peer.id, peer);
            if (setup.thin() > 0) {
                thinLinks.computeIfAbsent(host.idc(), _ -> new QuantumNetwork.Link(setup.thin()));
            }
        }
        unfinished = peers.size();
        tell(new Event.SwarmOpened(version, geometry));
        readOrigin();
        for (QuantumPeer peer : peers) {
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
        for (QuantumPeer peer : peers) {
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
        QuantumNetwork.Link link = new QuantumNetwork.Link(setup.origin());
        for (int b = 0; b < blocks; b++) {
            int block = b;
            network.at(link.through(0, geometry.blockLength(b)), () -> seedHas(block));
        }
    }

    private void seedHas(int block) {
        seedBlocks.set(block);
        for (QuantumPeer.Upload upload : seedUploads) {
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
        if (event instanceof Event.Done done) {
            seedFlights.remove(done.peer() + " " + done.range());
        }
        for (Command command : scheduler.on(event, network.now)) {
            switch (command) {
                case Command.Offer o -> {
                    seedOffers(o);
                    network.after(CONTROL_LATENCY, () -> peer(o.peer()).offered(o));
                }
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

    private void seedOffers(Command.Offer offer) {
        String flight = offer.peer() + " " + offer.range();
        if (offer.parent().isSeed()) {
            seedFlights.add(flight);
        } else {
            seedFlights.remove(flight);
        }
        double half = setup.length() * 4 / 1e6 / setup.hosts().getFirst().down();
        if (network.now > half * 1e9) {
            seedFlightsLater = Math.max(seedFlightsLater, seedFlights.size());
        }
    }

    /// The same for a message that is still on its way to the supernode.
    void report(Event event) {
        network.after(CONTROL_LATENCY, () -> tell(event));
    }

    private QuantumPeer peer(PeerId id) {
        return requireNonNull(byId.get(id));
    }

    QuantumPeer.Upload upload(PeerId parent, QuantumPeer child, int fromBlock, int endBlock) {
        QuantumPeer from = parent.isSeed() ? null : peer(parent);
        String idc = from == null ? "" : from.host.idc();
        QuantumNetwork.Link thin =
                idc.equals(child.host.idc()) ? null : thinLinks.get(child.host.idc());
        QuantumPeer.Upload upload =
                new QuantumPeer.Upload(
                        network
                        .new Flow(
                                from == null ? seedUplink : from.uplink,
                                thin,
                                child.downlink,
                                offset(fromBlock),
                                offset(endBlock),
                                child),
                        geometry);
        List<QuantumPeer.Upload> uploads = from == null ? seedUploads : from.uploads;
        uploads.removeIf(QuantumPeer.Upload::over);
        uploads.add(upload);
        upload.update(from == null ? seedBlocks : from.blocks);
        return upload;
    }

    long offset(int block) {
        return Math.min((long) block * geometry.blockSize(), geometry.length());
    }
}
