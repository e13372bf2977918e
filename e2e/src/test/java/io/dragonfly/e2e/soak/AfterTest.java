// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class AfterTest {
    @ParameterizedTest
    @EnumSource
    void successIsSuccessWhateverBecameOfTheDaemon(After.Daemon daemon) {
        assertThat(After.of(0, false, daemon)).isEqualTo(After.DONE);
        assertThat(After.of(0, true, daemon)).isEqualTo(After.DONE);
    }

    @Test
    void anOrderWhoseDaemonWasKilledWaitsForIt() {
        assertThat(After.of(17, true, After.Daemon.KILLED)).isEqualTo(After.WAIT);
        assertThat(After.of(17, true, After.Daemon.STARTING)).isEqualTo(After.WAIT);
        assertThat(After.of(17, true, After.Daemon.READY)).isEqualTo(After.AGAIN);
    }

    @Test
    void nothingWaitsForADaemonThatEndedByItself() {
        assertThat(After.of(17, true, After.Daemon.ENDED)).isEqualTo(After.FAILED);
    }

    @ParameterizedTest
    @EnumSource
    void noDaemonIsAFailureWhereNobodyKilledIt(After.Daemon daemon) {
        assertThat(After.of(17, false, daemon)).isEqualTo(After.FAILED);
    }

    @ParameterizedTest
    @EnumSource
    void aKilledDaemonExcusesNoOtherFailure(After.Daemon daemon) {
        assertThat(After.of(20, true, daemon)).isEqualTo(After.FAILED);
    }
}
