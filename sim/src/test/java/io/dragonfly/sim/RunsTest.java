// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.sim.policy.PolicyName;
import io.dragonfly.sim.report.Outcome;
import io.dragonfly.sim.scenario.HostClass;
import io.dragonfly.sim.scenario.Scenario;

import org.junit.jupiter.api.Test;

import java.util.List;

final class RunsTest {
    @Test
    void tenPeersTakeAsLongAsOne() {
        Outcome outcome = run(crowd(10), 1);
        System.out.println(outcome);
        assertThat(outcome.failed()).isEmpty();
        assertThat(outcome.ratio()).isBetween(1.0, 1.05);
    }

    private static Scenario crowd(int count) {
        return Scenario.of(
                "crowd", "a crowd", 100_000_000, List.of(HostClass.of("all", count, 50, 50)), 200);
    }

    private static Outcome run(Scenario scenario, long seed) {
        return Runs.run(scenario, PolicyName.OURS, seed);
    }
}
