// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.quantum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Prints the table of `docs/design/scheduling.md`: the last peer against the bound, over seeds.
final class QuantumTable {
    private QuantumTable() {}

    public static void main(String[] args) {
        List<String> wanted = Arrays.asList(args);
        row(wanted, "N=1", QuantumSwarm.Setup.of(200, same(1, 50)));
        row(wanted, "N=2", QuantumSwarm.Setup.of(200, same(2, 50)));
        row(wanted, "N=10", QuantumSwarm.Setup.of(200, same(10, 50)));
        row(wanted, "N=30", QuantumSwarm.Setup.of(200, same(30, 50)));
        row(wanted, "N=10 unfair", QuantumSwarm.Setup.of(200, same(10, 50)).unfair(0.6));
        row(wanted, "N=30 unfair", QuantumSwarm.Setup.of(200, same(30, 50)).unfair(0.6));
        row(wanted, "LAN 1000 N=1", lan(1, 1000));
        row(wanted, "LAN 1000 N=2", lan(2, 1000));
        row(wanted, "LAN 1000 N=10", lan(10, 1000));
        row(wanted, "LAN 1000 N=10 unfair", lan(10, 1000).unfair(0.6));
        row(wanted, "LAN 1000 seed 4000 N=10", lan(10, 4000));
        row(wanted, "N=30 origin 60", QuantumSwarm.Setup.of(200, same(30, 50)).origin(60));
        row(wanted, "N=10 seed like peers", QuantumSwarm.Setup.of(50, same(10, 50)));
        row(wanted, "N=30 seed like peers", QuantumSwarm.Setup.of(50, same(30, 50)));
        row(wanted, "N=30 seed 1000", QuantumSwarm.Setup.of(1000, same(30, 50)));
        row(wanted, "N=10 one slow uplink", QuantumSwarm.Setup.of(200, slow(10, 1)));
        row(wanted, "N=20 one slow uplink", QuantumSwarm.Setup.of(200, slow(20, 1)));
        row(wanted, "N=30 two slow uplinks", QuantumSwarm.Setup.of(200, slow(30, 2)));
        row(wanted, "N=30 two slow unfair", QuantumSwarm.Setup.of(200, slow(30, 2)).unfair(0.6));
        row(wanted, "mixed equal slots", QuantumSwarm.Setup.of(200, mixed(false)));
        row(wanted, "mixed", QuantumSwarm.Setup.of(200, mixed(true)));
        row(wanted, "IDCs 50", QuantumSwarm.Setup.of(200, idcs(50)).thin(20));
        row(
                wanted,
                "IDCs quick",
                QuantumSwarm.Setup.of(4000, idcs(1000)).thin(1000).length(1_000_000_000));
        row(wanted, "IDCs 100", QuantumSwarm.Setup.of(200, idcs(100)).thin(20));
    }

    static QuantumSwarm.Setup lan(int count, double seed) {
        return QuantumSwarm.Setup.of(seed, same(count, 1000)).length(1_000_000_000L);
    }

    static List<QuantumSwarm.Host> same(int count, double mbit) {
        List<QuantumSwarm.Host> hosts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            hosts.add(QuantumSwarm.Host.of(mbit));
        }
        return hosts;
    }

    static List<QuantumSwarm.Host> slow(int count, int slow) {
        List<QuantumSwarm.Host> hosts = same(count - slow, 50);
        for (int i = 0; i < slow; i++) {
            hosts.add(new QuantumSwarm.Host(5, 50, "", 0, 0));
        }
        return hosts;
    }

    static List<QuantumSwarm.Host> mixed(boolean slots) {
        List<QuantumSwarm.Host> hosts = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int mbit = i < 10 ? 10 : i < 20 ? 20 : 50;
            int own = slots ? mbit / 5 : 0;
            hosts.add(new QuantumSwarm.Host(mbit, mbit, "", own, own));
        }
        return hosts;
    }

    static List<QuantumSwarm.Host> idcs(double mbit) {
        List<QuantumSwarm.Host> hosts = new ArrayList<>();
        for (int i = 0; i < 18; i++) {
            hosts.add(new QuantumSwarm.Host(mbit, mbit, "idc" + i / 6, 0, 0));
        }
        return hosts;
    }

    /// When the last peer could be complete at best, seconds.
    static double bound(QuantumSwarm.Setup setup) {
        double bits = setup.length() * 8 / 1e6;
        double up = setup.seedUp();
        double slowest = Double.MAX_VALUE;
        for (QuantumSwarm.Host host : setup.hosts()) {
            up += host.up();
            slowest = Math.min(slowest, host.down());
        }
        double bound =
                Math.max(
                        bits / setup.seedUp(),
                        Math.max(bits / slowest, bits * setup.hosts().size() / up));
        bound = setup.origin() > 0 ? Math.max(bound, bits / setup.origin()) : bound;
        return setup.thin() > 0 ? Math.max(bound, bits / setup.thin()) : bound;
    }

    private static void row(List<String> wanted, String name, QuantumSwarm.Setup setup) {
        if (!wanted.isEmpty() && wanted.stream().noneMatch(name::startsWith)) {
            return;
        }

        StringBuilder text = new StringBuilder().append("%-22s".formatted(name));
        double worst = 0;
        double sum = 0;
        double seedCopies = 0;
        int runs = 3;
        String extra = "";
        for (int seed = 1; seed <= runs; seed++) {
            QuantumSwarm.Result result = new QuantumSwarm(setup, seed).run();
            double ratio = result.last() / bound(setup);
            worst = Math.max(worst, ratio);
            sum += ratio;
            seedCopies += result.seedCopies() / runs;
            extra = " " + result.thinCopies() + classes(setup, result);
        }
        text.append(" mean %.3f max %.3f seed %.2f F".formatted(sum / runs, worst, seedCopies));
        System.out.println(text.append(extra));
    }

    /// The slowest of each class of downlink against its own bound, where there are several.
    private static String classes(QuantumSwarm.Setup setup, QuantumSwarm.Result result) {
        StringBuilder text = new StringBuilder();
        for (double mbit : new double[] {10, 20, 50}) {
            double last = 0;
            for (int i = 0; i < result.seconds().size(); i++) {
                if (setup.hosts().get(i).down() == mbit) {
                    last = Math.max(last, result.seconds().get(i));
                }
            }
            if (last > 0) {
                text.append(
                        " %.0f: %.3f".formatted(mbit, last / (setup.length() * 8 / 1e6 / mbit)));
            }
        }
        return text.toString();
    }
}
