// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.quantum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dragonfly.sim.Runs;
import io.dragonfly.sim.policy.PolicyName;
import io.dragonfly.sim.report.Outcome;
import io.dragonfly.sim.scenario.HostClass;
import io.dragonfly.sim.scenario.Scenario;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The simulator and the model of 16 KiB quanta come to the same, within 5 %, where both can
/// answer: the last host, the bytes of the seed, the bytes over thin links.
final class AgreementTest {
    private static final long LENGTH = 100_000_000;
    private static final double TOLERANCE = 0.05;

    @Test
    void aCrowdOfTen() {
        agree(List.of(HostClass.of("all", 10, 50, 50)), 200, 0);
    }

    @Test
    void aCrowdOfThirty() {
        agree(List.of(HostClass.of("all", 30, 20, 20)), 80, 0);
    }

    @Test
    void aSeedNoFasterThanAPeer() {
        agree(List.of(HostClass.of("all", 10, 50, 50)), 50, 0);
    }

    @Test
    void quickLinks() {
        agree(List.of(HostClass.of("all", 10, 1000, 1000)), 4000, 0);
    }

    @Test
    void aSlowUplink() {
        agree(List.of(HostClass.of("quick", 19, 50, 50), HostClass.of("slow", 1, 5, 50)), 200, 0);
    }

    @Test
    void thinLinks() {
        List<HostClass> hosts = new ArrayList<>();
        for (String idc : List.of("a", "b", "c")) {
            hosts.add(HostClass.of(idc, 6, 50, 50).in(idc));
        }
        agree(hosts, 200, 20);
    }

    private static void agree(List<HostClass> classes, double seed, double thin) {
        double quanta = 0;
        double ours = 0;
        int runs = 2;
        for (int s = 1; s <= runs; s++) {
            quanta += quanta(classes, seed, thin, s) / runs;
            ours += ours(classes, seed, thin, s) / runs;
        }
        System.out.printf("last host: quanta %.3f s, simulator %.3f s%n", quanta, ours);
        assertThat(ours).isCloseTo(quanta, within(TOLERANCE * quanta));
    }

    private static double quanta(List<HostClass> classes, double seed, double thin, long random) {
        List<QuantumSwarm.Host> hosts = new ArrayList<>();
        for (HostClass c : classes) {
            for (int i = 0; i < c.count(); i++) {
                hosts.add(new QuantumSwarm.Host(c.up(), c.down(), c.idc(), 0, 0));
            }
        }
        QuantumSwarm.Setup setup = QuantumSwarm.Setup.of(seed, hosts).length(LENGTH).thin(thin);
        return new QuantumSwarm(setup, random).run().last();
    }

    private static double ours(List<HostClass> classes, double seed, double thin, long random) {
        Scenario scenario =
                Scenario.of("agreement", "as in the model of quanta", LENGTH, classes, seed)
                        .origin(100_000);
        if (thin > 0) {
            scenario = scenario.thin(Map.of("a", thin, "b", thin, "c", thin));
        }
        Outcome outcome = Runs.run(scenario, PolicyName.OURS, random);
        assertThat(outcome.failed()).isEmpty();
        return outcome.lastSeconds();
    }
}
