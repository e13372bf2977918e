// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.sim.policy.PolicyName;
import io.dragonfly.sim.report.Outcome;
import io.dragonfly.sim.scenario.Catalogue;
import io.dragonfly.sim.scenario.Scenario;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Named scenarios in small: nobody fails who should not, and nobody is held up for long.
final class TroubleTest {
    /// Name, hosts, last host / bound at most.
    @ParameterizedTest
    @CsvSource({
        "churn, 30, 4",
        "leavers, 20, 1.6",
        "liars, 20, 1.6",
        "stall, 20, 3",
        "chain, 10, 4.5",
        "slow-readers, 120, 1.4",
        "limited, 10, 1.2",
        "slow-disks, 15, 1.2",
        "full-disks, 15, 1.2",
        "power-failure, 15, 3",
        "connections-break, 15, 2",
        "supernode-dies, 20, 2.5",
        "supernode-restarts, 20, 3",
        "origin-fails, 15, 4",
        "origin-changes, 15, 2.5",
        "slow-origin, 10, 1.2",
        "many-files, 10, 1.3",
        "staggered, 20, 1.2",
        "small-content, 20, 3",
    })
    void comesToAnEnd(String name, int peers, double most) {
        Scenario scenario = Catalogue.named(name).orElseThrow().peers(peers);
        Outcome outcome = Runs.run(scenario, PolicyName.OURS, 1);
        assertThat(outcome.failed().keySet())
                .allMatch(why -> why.endsWith(Runs.MAY) || why.equals(Runs.LEFT));
        assertThat(outcome.ratio()).isBetween(0.99, most);
    }
}
