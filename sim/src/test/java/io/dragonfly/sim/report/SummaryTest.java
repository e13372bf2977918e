// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

final class SummaryTest {
    @Test
    void ofSeveralSeedsTheMiddleAndTheWorstAreShown() {
        List<Summary> rows =
                Summary.of(
                        List.of(
                                Sample.outcome("a", "ours", 1, 5, 12),
                                Sample.outcome("a", "v1", 1, 5, 20),
                                Sample.failed(
                                        Sample.outcome("a", "ours", 2, 5, 10.5),
                                        Map.of("deadline", 1)),
                                Sample.failed(
                                        Sample.outcome("a", "ours", 3, 5, 11),
                                        Map.of("deadline", 2, "left", 7, "no-space (may)", 5))));

        assertThat(rows).hasSize(2);
        Summary ours = rows.getFirst();
        assertThat(ours.seeds()).isEqualTo(3);
        assertThat(ours.ratio()).isEqualTo(1.1);
        assertThat(ours.worst()).isEqualTo(1.2);
        assertThat(ours.last()).isEqualTo(11);
        assertThat(ours.median()).isEqualTo(10);
        assertThat(ours.failures()).isEqualTo(3);
        assertThat(rows.getLast().policy()).isEqualTo("v1");
    }

    @Test
    void ofTwoSeedsTheBetterIsShown() {
        Summary row =
                Summary.of(
                                List.of(
                                        Sample.outcome("a", "ours", 1, 5, 12),
                                        Sample.outcome("a", "ours", 2, 5, 11)))
                        .getFirst();

        assertThat(row.ratio()).isEqualTo(1.1);
    }
}
