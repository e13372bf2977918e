// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.util.Map;

/// Outcomes for tests.
final class Sample {
    private Sample() {}

    static Outcome outcome(String scenario, String policy, long seed, int peers, double last) {
        return new Outcome(
                scenario,
                policy,
                seed,
                peers,
                last,
                last - 1,
                10,
                Map.of("slow", 1.0, "fast", 1.25),
                1,
                1.5,
                Map.of("b", 1.0, "a", 1.01),
                0.000123,
                Map.of(),
                1234,
                0xfedc_ba98_7654_3210L);
    }

    static Outcome failed(Outcome outcome, Map<String, Integer> failed) {
        return new Outcome(
                outcome.scenario(),
                outcome.policy(),
                outcome.seed(),
                outcome.peers(),
                outcome.lastSeconds(),
                outcome.medianSeconds(),
                outcome.boundSeconds(),
                outcome.classes(),
                outcome.originCopies(),
                outcome.seedCopies(),
                outcome.thinCopies(),
                outcome.controlBytes(),
                failed,
                outcome.events(),
                outcome.hash());
    }
}
