// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

final class TimelineTest {
    @Test
    void runsInOrderOfTimeAndThenOfAsking() {
        Timeline timeline = new Timeline();
        List<Long> times = new ArrayList<>();
        List<Integer> sameTime = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            long at = random.nextLong(1_000_000);
            timeline.at(at, what -> times.add(timeline.now()), i);
        }
        for (int i = 0; i < 100; i++) {
            timeline.at(500, sameTime::add, i);
        }
        while (timeline.step()) {
            // until nothing is left
        }
        assertThat(times).hasSize(20_000).isSorted();
        assertThat(sameTime).hasSize(100).isSorted();
        assertThat(timeline.events()).isEqualTo(20_100);
    }

    @Test
    void whatIsAskedForMeanwhileTakesItsPlace() {
        Timeline timeline = new Timeline();
        List<String> seen = new ArrayList<>();
        timeline.at(
                10,
                () -> {
                    seen.add("first");
                    timeline.after(5, () -> seen.add("third"));
                });
        timeline.at(12, () -> seen.add("second"));
        while (timeline.step()) {
            // until nothing is left
        }
        assertThat(seen).containsExactly("first", "second", "third");
    }
}
