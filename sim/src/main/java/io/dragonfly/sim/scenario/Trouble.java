// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.scenario;

import java.util.ArrayList;
import java.util.List;

/// The named scenarios in which something goes wrong.
final class Trouble {
    private static final long MB = Catalogue.MB;
    private static final HostClass.Traits NONE = HostClass.Traits.NONE;

    private Trouble() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        all.addAll(hosts());
        all.addAll(disks());
        all.addAll(network());
        all.addAll(supernodes());
        all.addAll(origins());
        return all;
    }

    /// Whatever else happens, the origin is not overrun.
    private static Scenario guarded(Scenario scenario) {
        return scenario.with(scenario.conditions().originConnections(10));
    }

    private static Scenario crowd(String name, String about, int peers) {
        return Scenario.of(name, about, 100 * MB, List.of(HostClass.of("all", peers, 50, 50)), 200);
    }

    private static Scenario crowd(String name, String about, HostClass... hosts) {
        return Scenario.of(name, about, 100 * MB, List.of(hosts), 200);
    }

    private static List<Scenario> hosts() {
        return List.of(
                crowd("churn", "a third of the hosts loses power every 20 s and comes back", 100)
                        .with(new Fault.Churn(1, 60, 0.33, 20, 3)),
                crowd("leavers", "a fifth of the hosts leaves for ever in the middle", 50)
                        .with(new Fault.Crash(6, 0.2, 0)),
                crowd(
                        "liars",
                        "a fifth of the hosts sends wrong bytes",
                        HostClass.of("honest", 80, 50, 50),
                        HostClass.of("liars", 20, 50, 50).with(NONE.liars().allowedToFail())),
                crowd("stall", "a tenth of the hosts stands still for 20 s", 50)
                        .with(new Fault.Stall(4, 0.1, 20)),
                crowd(
                                "chain",
                                "ten hosts with one slot each, whose first stands still for 30 s",
                                HostClass.of("all", 10, 50, 50).with(NONE.slots(1)))
                        .supernodes(50.0)
                        .with(new Fault.StallHost(4, 0, 30)),
                Scenario.of(
                                "slow-readers",
                                "twenty hosts that read 1 kB/s among a hundred",
                                100 * MB,
                                List.of(
                                        HostClass.of("quick", 100, 50, 50),
                                        HostClass.of("readers", 20, 50, 0.008)
                                                .with(NONE.allowedToFail())),
                                200)
                        .with(Conditions.DEFAULT.deadline(600)),
                crowd(
                        "limited",
                        "half of the hosts are limited to 20 Mbit/s",
                        HostClass.of("free", 15, 50, 50),
                        HostClass.of("limited", 15, 50, 50).with(NONE.limited(20))));
    }

    private static List<Scenario> disks() {
        return List.of(
                crowd(
                        "slow-disks",
                        "a third of the disks writes 20 Mbit/s",
                        HostClass.of("quick", 20, 50, 50),
                        HostClass.of("slow", 10, 50, 50).with(NONE.slowDisk(20))),
                crowd(
                        "full-disks",
                        "a tenth of the disks has room for half of the content",
                        HostClass.of("roomy", 27, 50, 50),
                        HostClass.of("full", 3, 50, 50)
                                .with(NONE.smallDisk(50 * MB).allowedToFail())),
                crowd("power-failure", "all hosts lose power at once and what was not synced", 30)
                        .with(new Fault.Crash(8, 1, 5)));
    }

    private static List<Scenario> network() {
        return List.of(
                crowd("connections-break", "a connection breaks every 2 s of each flow", 30)
                        .with(new Fault.ConnectionsBreak(1, 10, 0.5)),
                Scenario.of(
                                "partition",
                                "one of two IDCs is cut off for 30 s",
                                100 * MB,
                                List.of(
                                        HostClass.of("a", 15, 50, 50).in("a"),
                                        HostClass.of("b", 15, 50, 50).in("b")),
                                200)
                        .with(new Fault.Partition(5, "b", 30)));
    }

    private static List<Scenario> supernodes() {
        return List.of(
                crowd("supernode-dies", "the first of two supernodes dies for ever", 100)
                        .supernodes(200.0, 200.0)
                        .with(new Fault.SupernodeDies(5, 0, 0)),
                crowd("supernode-restarts", "the only supernode dies and is back after 5 s", 50)
                        .with(new Fault.SupernodeDies(5, 0, 5)),
                guarded(
                        Catalogue.seeds(
                                        "supernode-frozen",
                                        "the only supernode stands still for 60 s under 5,000"
                                                + " hosts",
                                        200 * MB,
                                        5000)
                                .supernodes(4000.0)
                                .with(new Fault.SupernodeStalls(3, 0, 60))));
    }

    private static List<Scenario> origins() {
        return List.of(
                crowd("origin-fails", "the origin is away for 20 s in the middle", 30)
                        .origin(50)
                        .with(new Fault.OriginFails(5, 20)),
                crowd("origin-changes", "the origin has other bytes in the middle", 30)
                        .origin(50)
                        .with(new Fault.OriginChanges(8, 0)),
                guarded(
                        Catalogue.seeds(
                                        "origin-frozen",
                                        "the origin stands still for 60 s under 5,000 hosts",
                                        200 * MB,
                                        5000)
                                .supernodes(4000.0)
                                .origin(400)
                                .with(new Fault.OriginStalls(2, 60))));
    }
}
