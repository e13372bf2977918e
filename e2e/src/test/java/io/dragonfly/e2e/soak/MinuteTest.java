// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

final class MinuteTest {
    private static final Minute.Use USE = new Minute.Use(200L << 20, 100L << 20, 50);

    private static Minute minute(int number, double latency, Minute.Use supernode) {
        return new Minute(number, 100, 2, 0, latency, 2 * latency, supernode, USE, USE);
    }

    private static List<Minute> minutes(IntFunction<Minute> each) {
        List<Minute> all = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            all.add(each.apply(i));
        }
        return all;
    }

    @Test
    void whatStaysAsItWasHasNotGrown() {
        assertThat(Minute.trends(minutes(i -> minute(i, 1 + i % 3 * 0.1, USE)))).isEmpty();
    }

    @Test
    void warmingUpIsNoGrowth() {
        Minute.Use cold = new Minute.Use(0, 1 << 20, 5);

        assertThat(Minute.trends(minutes(i -> minute(i, 1, i < 10 ? cold : USE)))).isEmpty();
    }

    @Test
    void latencyThatGrowsIsSeen() {
        assertThat(Minute.trends(minutes(i -> minute(i, 1 + i * 0.02, USE))))
                .singleElement()
                .asString()
                .startsWith("median latency (s) has grown from 1.");
    }

    @Test
    void memoryAndDescriptorsThatGrowAreSeen() {
        List<Minute> all = minutes(i -> minute(i, 1, new Minute.Use(0, (100L + i) << 20, 50 + i)));

        assertThat(Minute.trends(all))
                .hasSize(2)
                .anyMatch(line -> line.startsWith("anonymous memory of the supernode has grown"))
                .anyMatch(line -> line.startsWith("descriptors of the supernode has grown"));
    }

    @Test
    void quantilesAreByNearestRank() {
        double[] values = {4, 1, 3, 2};

        assertThat(Minute.quantile(values, 0.5)).isEqualTo(2);
        assertThat(Minute.quantile(values, 0.99)).isEqualTo(4);
        assertThat(Minute.quantile(new double[0], 0.5)).isZero();
    }
}
