// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.scenario;

import io.dragonfly.sim.network.NetworkSettings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The scenarios that have a name. Links, contents and times are theirs; nothing in the product
/// knows of them.
public final class Catalogue {
    static final long MB = 1_000_000;

    /// What a message costs a supernode's CPU where that is charged. To be replaced by what
    /// measurements of the real one give.
    static final long MESSAGE_NANOS = 8_000;

    private Catalogue() {}

    /// In the order in which people look for them.
    public static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        all.addAll(small());
        all.addAll(Trouble.all());
        all.addAll(large());
        return all;
    }

    public static Optional<Scenario> named(String name) {
        return all().stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /// What takes little time to simulate: for every change.
    public static List<Scenario> quick() {
        List<Scenario> quick = new ArrayList<>(small());
        quick.addAll(Trouble.all().stream().filter(s -> s.peers() <= 200).toList());
        quick.removeIf(s -> s.bytes() > 500 * MB || (double) s.bytes() * s.peers() > 2e10);
        return quick;
    }

    /// The beds of real processes, and what else is small.
    private static List<Scenario> small() {
        List<Scenario> all = new ArrayList<>();
        all.add(same("bed-1", 1, 50, 200));
        all.add(same("bed-10", 10, 50, 200));
        all.add(same("bed-30", 30, 20, 80));
        all.add(
                Scenario.of(
                        "bed-30-mixed",
                        "links of 10, 20 and 50 Mbit/s that nobody says",
                        200 * MB,
                        List.of(
                                HostClass.of("10", 10, 10, 10),
                                HostClass.of("20", 10, 20, 20),
                                HostClass.of("50", 10, 50, 50)),
                        80));
        all.add(
                Scenario.of(
                        "bed-30-slow-uplinks",
                        "one uplink in twenty at a tenth",
                        200 * MB,
                        List.of(HostClass.of("quick", 28, 20, 20), HostClass.of("slow", 2, 2, 20)),
                        80));
        all.add(idcs());
        all.add(
                Scenario.of(
                        "one-to-ten",
                        "links from 10 to 100 Mbit/s",
                        100 * MB,
                        List.of(
                                HostClass.of("10", 30, 10, 10),
                                HostClass.of("30", 40, 30, 30),
                                HostClass.of("100", 30, 100, 100)),
                        400));
        all.addAll(otherwise());
        return all;
    }

    /// What differs from the beds in something else than links.
    private static List<Scenario> otherwise() {
        List<Scenario> all = new ArrayList<>();
        all.add(
                Scenario.of(
                        "staggered",
                        "hosts arrive over a minute",
                        100 * MB,
                        List.of(HostClass.of("all", 150, 50, 50).arriving(0, 60)),
                        200));
        all.add(
                Scenario.of(
                                "many-files",
                                "twenty contents of 5 MB at once",
                                5 * MB,
                                List.of(HostClass.of("all", 30, 50, 50)),
                                200)
                        .contents(java.util.Collections.nCopies(20, 5 * MB)));
        all.add(
                Scenario.of(
                        "small-content",
                        "64 KB, which comes with the answer",
                        64_000,
                        List.of(HostClass.of("all", 100, 50, 50)),
                        200));
        all.add(
                Scenario.of(
                                "slow-origin",
                                "an origin slower than everything else",
                                100 * MB,
                                List.of(HostClass.of("all", 20, 50, 50)),
                                200)
                        .origin(20));
        return all;
    }

    private static Scenario same(String name, int count, double mbit, double seed) {
        return Scenario.of(
                name,
                "hosts of %.0f Mbit/s, supernode and origin of %.0f".formatted(mbit, seed),
                200 * MB,
                List.of(HostClass.of("all", count, mbit, mbit)),
                seed);
    }

    private static Scenario idcs() {
        return Scenario.of(
                        "idcs",
                        "three IDCs of six hosts behind links of 20 Mbit/s",
                        200 * MB,
                        List.of(
                                HostClass.of("a", 6, 50, 50).in("a"),
                                HostClass.of("b", 6, 50, 50).in("b"),
                                HostClass.of("c", 6, 50, 50).in("c")),
                        200)
                .thin(java.util.Map.of("a", 20.0, "b", 20.0, "c", 20.0));
    }

    private static List<Scenario> large() {
        List<Scenario> all = new ArrayList<>();
        for (int peers : new int[] {100, 1000, 10_000, 100_000}) {
            all.add(
                    seeds(
                            "flash-" + peers,
                            "all at once, half of them at each supernode",
                            200 * MB,
                            peers));
        }
        for (int peers : new int[] {1, 10, 100, 1000, 7000}) {
            Scenario published =
                    seeds("published-" + peers, "all begin with one supernode", 200 * MB, peers);
            all.add(published.with(published.conditions().spread(false)));
        }
        all.add(seeds("published-5gb", "5 GB to 10,000 hosts", 5000 * MB, 10_000));
        for (int peers : new int[] {1000, 10_000}) {
            Scenario crowd =
                    seeds("slow-tail-" + peers, "one uplink in twenty at a tenth", 200 * MB, peers);
            int slow = peers / 20;
            all.add(
                    new Scenario(
                            crowd.name(),
                            crowd.about(),
                            crowd.contents(),
                            List.of(
                                    HostClass.of("quick", peers - slow, 200, 200),
                                    HostClass.of("slow", slow, 20, 200)),
                            crowd.supernodes(),
                            crowd.origin(),
                            crowd.thin(),
                            crowd.conditions(),
                            List.of()));
        }
        all.add(
                Scenario.of(
                                "30gb",
                                "30 GB to 20 hosts",
                                30_000 * MB,
                                List.of(HostClass.of("all", 20, 1000, 1000)),
                                2000)
                        .with(
                                Conditions.DEFAULT.network(
                                        NetworkSettings.DEFAULT.withPortion(256 << 10))));
        return all;
    }

    /// Links as in what was published of the first version: hosts of 200 Mbit/s, two supernodes of
    /// 2 Gbit/s. Control messages and the supernodes' CPU are charged.
    static Scenario seeds(String name, String about, long length, int peers) {
        int portion = peers <= 1000 ? 64 << 10 : peers <= 20_000 ? 128 << 10 : 256 << 10;
        if (length > 1000 * MB) {
            portion = 256 << 10;
        }
        Conditions conditions =
                Conditions.DEFAULT
                        .network(NetworkSettings.DEFAULT.withPortion(portion))
                        .message(MESSAGE_NANOS)
                        .spread(true);
        return Scenario.of(name, about, length, List.of(HostClass.of("all", peers, 200, 200)), 2000)
                .supernodes(2000.0, 2000.0)
                .with(conditions);
    }
}
