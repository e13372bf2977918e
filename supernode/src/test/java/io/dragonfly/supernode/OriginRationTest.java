// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OriginRationTest {
    private final OriginRation ration = new OriginRation(2, 1000);

    @Test
    void onlyAFewAreGrantedInAWindow() {
        assertThat(ration.ask(0)).isZero();
        assertThat(ration.ask(10)).isZero();
        assertThat(ration.ask(20)).isEqualTo(980);
    }

    @Test
    void aTurnIsFreeAgainWhenItsWindowIsOver() {
        ration.ask(0);
        ration.ask(500);

        assertThat(ration.ask(1000)).isZero();
        assertThat(ration.ask(1001)).isEqualTo(499);
    }
}
