// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.sim.report.Job;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The committed report against runs of today.
final class ReportTest {
    @Test
    void theReportIsWhatTheQuickRunsGiveToday() throws IOException {
        List<String> differences = new ArrayList<>();

        int status =
                Plan.report()
                        .execute(
                                List.of(
                                        "--dir",
                                        "../docs/benchmarks/simulation",
                                        "--subset",
                                        "ci",
                                        "--check"),
                                differences::add);

        assertThat(String.join("\n", differences)).isEmpty();
        assertThat(status).isZero();
    }

    @Test
    void everyQuickScenarioExistsAndRunsUnderEveryPolicy() {
        assertThat(Plan.jobs().stream().filter(Job::quick).map(Job::scenario).distinct())
                .containsExactlyInAnyOrderElementsOf(Plan.QUICK);
        assertThat(Plan.jobs().stream().filter(Job::quick)).hasSize(3 * Plan.QUICK.size());
    }

    @Test
    void noRunIsInTheReportTwice() {
        assertThat(Plan.jobs()).doesNotHaveDuplicates();
    }
}
