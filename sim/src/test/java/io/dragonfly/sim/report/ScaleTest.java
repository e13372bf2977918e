// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScaleTest {
    @Test
    void aLinearScaleEndsAtARoundValue() {
        Scale scale = Scale.linear(1, 2.13, 300, 0);

        assertThat(scale.high()).isEqualTo(2.2);
        assertThat(scale.at(1)).isEqualTo(300);
        assertThat(scale.at(2.2)).isEqualTo(0);
        assertThat(scale.ticks().stream().map(Scale::shown))
                .containsExactly("1", "1.2", "1.4", "1.6", "1.8", "2", "2.2");
    }

    @Test
    void aLogarithmicScaleEndsAtRoundValuesToo() {
        Scale scale = Scale.logarithmic(30, 7000, 0, 100);

        assertThat(scale.low()).isEqualTo(20);
        assertThat(scale.high()).isEqualTo(10_000);
        assertThat(scale.ticks().stream().map(Scale::shown))
                .containsExactly("20", "50", "100", "200", "500", "1000", "2000", "5000", "10,000");
        assertThat(Scale.logarithmic(1, 100_000, 0, 100).ticks()).hasSize(6);
        assertThat(Scale.logarithmic(1, 100_000, 0, 100).at(100_000)).isEqualTo(100);
    }

    @Test
    void valuesAreShownWithoutDigitsThatSayNothing() {
        assertThat(Scale.shown(1)).isEqualTo("1");
        assertThat(Scale.shown(1.25)).isEqualTo("1.25");
        assertThat(Scale.shown(100)).isEqualTo("100");
        assertThat(Scale.shown(123456)).isEqualTo("123,456");
        assertThat(Scale.shown(0)).isEqualTo("0");
    }
}
