// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CrowdTest {
    private final Crowd crowd = new Crowd();

    @Test
    void aGrowingCrowdIsToldAFewDozenTimes() {
        int told = 0;
        for (int peers = 1; peers <= 5000; peers++) {
            told += crowd.tellAll(peers) ? 1 : 0;
        }
        assertThat(told).isBetween(20, 50);
    }

    @Test
    void nobodyKnowsANumberThatIsMuchTooSmall() {
        int last = 0;
        for (int peers = 1; peers <= 1000; peers++) {
            if (crowd.tellAll(peers)) {
                last = peers;
            }
            assertThat(last * 1.25 + 1).as("%d", peers).isGreaterThanOrEqualTo(peers);
        }
    }

    @Test
    void aCrowdThatHasGoneIsToldToo() {
        crowd.tellAll(100);

        assertThat(crowd.tellAll(60)).isFalse();
        assertThat(crowd.tellAll(49)).isTrue();
    }
}
