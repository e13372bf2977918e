// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

final class OutcomeFileTest {
    private static final String HEAD = String.join(",", OutcomeFile.FIELDS) + "\n";

    @Test
    void aLineHasEverythingInAFixedOrder() {
        Outcome outcome = Sample.outcome("flash-30", "ours", 3, 30, 10.5);

        assertThat(OutcomeFile.format(List.of(outcome)))
                .isEqualTo(
                        HEAD
                                + String.join(
                                        ",",
                                        "flash-30,ours,3,30,10.500,9.500,10.000",
                                        "fast=1.250;slow=1.000,1.0000,1.5000",
                                        "a=1.010;b=1.000,0.00012300,,1234,fedcba9876543210\n"));
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Outcome whole = Sample.outcome("a", "v1", 1, 2, 11);
        Outcome broken =
                Sample.failed(
                        Sample.outcome("a", "v1", 2, 2, Double.NaN),
                        Map.of("deadline", 2, "origin changed, twice", 1));
        String text = OutcomeFile.format(List.of(whole, broken));

        List<Outcome> read = OutcomeFile.parse(text);

        assertThat(read.getFirst()).isEqualTo(whole);
        assertThat(read.getLast().failed())
                .isEqualTo(Map.of("deadline", 2, "origin changed twice", 1));
        assertThat(OutcomeFile.format(read)).isEqualTo(text);
    }

    @Test
    void badLinesAreNamed() {
        assertThatThrownBy(() -> OutcomeFile.parse("a,b\n")).hasMessageContaining("line 1");
        assertThatThrownBy(() -> OutcomeFile.parse(HEAD + "a,b\n")).hasMessageContaining("line 2");
        assertThatThrownBy(() -> OutcomeFile.parse(HEAD + "a,b,x,1,1,1,1,,1,1,,1,,1,1\n"))
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> OutcomeFile.parse(HEAD + "a,b,1,1,1,1,1,fast,1,1,,1,,1,1\n"))
                .hasMessage("line 2: expected name=value: fast");
    }
}
