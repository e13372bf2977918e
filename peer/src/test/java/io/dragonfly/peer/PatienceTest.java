// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.protocol.FromSupernode.Refused;

import org.junit.jupiter.api.Test;

import java.util.Random;

final class PatienceTest {
    private static final long SECOND = 1_000_000_000L;

    private final Patience patience = new Patience(new Random(1));

    private static Refused refused(String code, long retryAfterMillis) {
        return new Refused(1, code, "for now", retryAfterMillis, false);
    }

    @Test
    void aRetryAfterIsNeverCutShort() {
        for (int i = 0; i < 100; i++) {
            assertThat(patience.pause(refused("origin-unavailable", 7000), false, 0))
                    .isBetween(7 * SECOND, 10 * SECOND);
        }
    }

    @Test
    void whatTimeDoesNotHealIsNotWaitedFor() {
        assertThat(patience.pause(refused("origin-not-found", 5000), true, 0)).isNegative();
        assertThat(patience.pause(refused("origin-unavailable", 0), true, 0)).isNegative();
        assertThat(patience.pause(refused("origin-network", 0), true, 0)).isNegative();
    }

    @Test
    void onlyWhoMayReadTheOriginWaitsForATurn() {
        assertThat(patience.pause(refused("origin-network", 3000), false, 0)).isNegative();
        assertThat(patience.pause(refused("origin-network", 3000), true, 0)).isPositive();
    }

    @Test
    void patienceEnds() {
        Refused busy = refused("origin-unavailable", 10_000);
        assertThat(patience.pause(busy, true, 0)).isPositive();
        assertThat(patience.pause(busy, true, 280 * SECOND)).isPositive();
        assertThat(patience.pause(busy, true, 295 * SECOND)).isNegative();
    }

    @Test
    void aWaitThatIsLongerThanThePatienceIsNotBegun() {
        assertThat(patience.pause(refused("origin-unavailable", 3_600_000), true, 0)).isNegative();
        assertThat(patience.pause(refused("origin-unavailable", Long.MAX_VALUE), true, 0))
                .isNegative();
    }

    @Test
    void anAnswerInBetweenStartsItAnew() {
        Refused busy = refused("overloaded", 1000);
        patience.pause(busy, true, 0);
        patience.over();

        assertThat(patience.pause(busy, true, 1000 * SECOND)).isPositive();
    }
}
