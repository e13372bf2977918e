// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.limits;

import static io.dragonfly.core.limits.TrafficClass.PREHEAT;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What is promised of a limit: payload over any two seconds, after the first two.
class LimitWindowTest {
    private static final long SECOND = 1_000_000_000;
    private static final long STEP = SECOND / 20;
    private static final int STEPS_IN_WINDOW = 40;
    private static final double TOLERANCE = 0.05;

    private enum Bound {
        HOST,
        CLASS,
        TASK
    }

    static List<Long> seeds() {
        return new Random(9).longs(12).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyWindowOfTwoSecondsHoldsWithinFivePercent(long seed) {
        Random random = new Random(seed);
        for (Bound bound : Bound.values()) {
            ByteRate rate = new ByteRate(200_000 + random.nextLong(100_000_000));
            LimitWorld world = world(bound, rate, random);
            world.run(2 * SECOND);
            List<Long> passed = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                long before = world.bytes;
                // Now and then somebody wakes up late, and what was missed passes at once.
                world.now += random.nextInt(10) == 0 ? random.nextLong(SECOND / 50) : 0;
                world.run(2 * SECOND + (i + 1) * STEP - world.now);
                passed.add(world.bytes - before);
            }

            long due = 2 * rate.bytesPerSecond();
            for (int i = 0; i + STEPS_IN_WINDOW <= passed.size(); i++) {
                long window =
                        passed.subList(i, i + STEPS_IN_WINDOW).stream().mapToLong(b -> b).sum();
                assertThat(window)
                        .as("seed %d, %s at %s, step %d", seed, bound, rate, i)
                        .isCloseTo(due, within((long) (due * TOLERANCE)));
            }
        }
    }

    private static LimitWorld world(Bound bound, ByteRate rate, Random random) {
        LimitWorld world = new LimitWorld(bound == Bound.HOST ? rate : ByteRate.UNLIMITED);
        if (bound == Bound.CLASS) {
            world.tree.classRate(PREHEAT, rate, 0);
        }
        LimitTree.Task task =
                world.tree.task(PREHEAT, bound == Bound.TASK ? rate : ByteRate.UNLIMITED, 0);
        for (int i = 0; i < 1 + random.nextInt(16); i++) {
            LimitWorld.Flow flow = world.flow(task);
            // What the piece protocol asks for at once: less where the limit is tight.
            flow.portion = (4 << 10) << random.nextInt(rate.bytesPerSecond() < 3_000_000 ? 2 : 5);
        }
        return world;
    }
}
