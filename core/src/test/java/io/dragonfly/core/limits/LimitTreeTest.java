// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.limits;

import static io.dragonfly.core.limits.TrafficClass.BACKGROUND;
import static io.dragonfly.core.limits.TrafficClass.FOREGROUND;
import static io.dragonfly.core.limits.TrafficClass.PREHEAT;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dragonfly.core.limits.LimitTree.Request;
import io.dragonfly.core.limits.LimitTree.Task;
import io.dragonfly.core.limits.LimitWorld.Flow;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class LimitTreeTest {
    private static final long SECOND = 1_000_000_000;
    private static final long MIB = 1 << 20;
    private static final int PORTION = LimitWorld.PORTION;
    private static final ByteRate NONE = ByteRate.UNLIMITED;
    private static final List<TrafficClass> CLASSES = List.of(TrafficClass.values());

    static List<Long> seeds() {
        return new Random(6).longs(12).boxed().toList();
    }

    private static Offset<Long> percent(double part, long of) {
        return within((long) (of * part / 100));
    }

    @Test
    void classesShareByWeight() {
        LimitWorld world = new LimitWorld(new ByteRate(11 * MIB));
        Flow foreground = world.flow(FOREGROUND, NONE);
        Flow preheat = world.flow(PREHEAT, NONE);
        Flow background = world.flow(BACKGROUND, NONE);

        world.run(100 * SECOND);

        assertThat(foreground.bytes).isCloseTo(800 * MIB, percent(1, 800 * MIB));
        assertThat(preheat.bytes).isCloseTo(200 * MIB, percent(1, 200 * MIB));
        assertThat(background.bytes).isCloseTo(100 * MIB, percent(1, 100 * MIB));
    }

    @Test
    void whatAClassLeavesIsLentAndComesBackAtOnce() {
        LimitWorld world = new LimitWorld(new ByteRate(9 * MIB));
        Flow foreground = world.flow(FOREGROUND, NONE);
        Flow background = world.flow(BACKGROUND, NONE);
        world.stop(foreground);

        world.run(100 * SECOND);
        assertThat(background.take()).as("alone").isCloseTo(900 * MIB, percent(1, 900 * MIB));

        foreground.active = true;
        world.run(10 * SECOND);
        assertThat(foreground.take()).as("its share").isCloseTo(80 * MIB, percent(2, 80 * MIB));
        assertThat(background.take()).as("no more").isCloseTo(10 * MIB, percent(2, 10 * MIB));

        world.stop(background);
        world.run(10 * SECOND);
        assertThat(foreground.take()).as("all").isCloseTo(90 * MIB, percent(2, 90 * MIB));
    }

    @Test
    void whoWasAwayCannotClaimWhatItDidNotUse() {
        LimitWorld world = new LimitWorld(new ByteRate(9 * MIB));
        Flow foreground = world.flow(FOREGROUND, NONE);
        Flow background = world.flow(BACKGROUND, NONE);
        world.stop(background);
        world.run(100 * SECOND);
        foreground.take();

        background.active = true;
        world.run(9 * SECOND);

        assertThat(background.take()).isCloseTo(9 * MIB, percent(3, 9 * MIB));
        assertThat(foreground.take()).isCloseTo(72 * MIB, percent(3, 72 * MIB));
    }

    @Test
    void aCapBindsAndTheRestIsLent() {
        LimitWorld world = new LimitWorld(new ByteRate(10 * MIB));
        Flow capped = world.flow(FOREGROUND, new ByteRate(MIB));
        Flow free = world.flow(BACKGROUND, NONE);

        world.run(100 * SECOND);
        assertThat(capped.take()).isCloseTo(100 * MIB, percent(1, 100 * MIB));
        assertThat(free.take()).isCloseTo(900 * MIB, percent(1, 900 * MIB));

        capped.task.rate(new ByteRate(2 * MIB), world.now);
        world.run(100 * SECOND);
        assertThat(capped.take()).isCloseTo(200 * MIB, percent(1, 200 * MIB));
        assertThat(free.take()).isCloseTo(800 * MIB, percent(1, 800 * MIB));

        world.tree.classRate(BACKGROUND, new ByteRate(MIB), world.now);
        world.run(100 * SECOND);
        assertThat(free.take()).isLessThan(102 * MIB);
        assertThat(capped.take()).isCloseTo(200 * MIB, percent(1, 200 * MIB));

        capped.task.rate(NONE, world.now);
        world.run(100 * SECOND);
        assertThat(capped.take()).as("lifted").isCloseTo(900 * MIB, percent(1, 900 * MIB));
    }

    @Test
    void aTaskThatChangesItsClassTakesWhatItWaitsForWithIt() {
        LimitWorld world = new LimitWorld(new ByteRate(9 * MIB));
        Flow moved = world.flow(BACKGROUND, NONE);
        Flow foreground = world.flow(FOREGROUND, NONE);
        world.run(100 * SECOND);
        assertThat(moved.take()).isCloseTo(100 * MIB, percent(1, 100 * MIB));
        foreground.take();

        world.tree.move(moved.task, FOREGROUND);
        world.run(100 * SECOND);
        assertThat(moved.take()).isCloseTo(450 * MIB, percent(1, 450 * MIB));

        world.tree.move(moved.task, BACKGROUND);
        world.run(100 * SECOND);
        assertThat(moved.take()).isCloseTo(100 * MIB, percent(1, 100 * MIB));
    }

    @Test
    void tasksOfAClassTakeTurnsWhateverTheirNumberOfRequests() {
        LimitWorld world = new LimitWorld(new ByteRate(10 * MIB));
        Task wide = world.tree.task(FOREGROUND, NONE, 0);
        List<Flow> many = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            many.add(world.flow(wide));
        }
        Flow single = world.flow(FOREGROUND, NONE);

        world.run(100 * SECOND);

        assertThat(single.bytes).isCloseTo(500 * MIB, percent(1, 500 * MIB));
        for (Flow flow : many) {
            assertThat(flow.bytes).isCloseTo(500 * MIB / 9, percent(2, 500 * MIB / 9));
        }
    }

    @Test
    void aForegroundRequestDoesNotStandBehindABackgroundQueue() {
        LimitTree tree = new LimitTree(new ByteRate(MIB), 0);
        Task background = tree.task(BACKGROUND, NONE, 0);
        for (int i = 0; i < 1000; i++) {
            tree.request(background, PORTION);
        }
        tree.grant(0);

        Request urgent = tree.request(tree.task(FOREGROUND, NONE, 0), PORTION);
        tree.grant(tree.nanosToNext(0));

        assertThat(urgent.granted()).isTrue();
    }

    @Test
    void aHostWithoutALimitGrantsAtOnce() {
        LimitTree tree = new LimitTree(NONE, 0);
        Task task = tree.task(FOREGROUND, NONE, 0);

        assertThat(tree.tryPass(task, 1L << 50, 0)).isTrue();
        Request request = tree.request(task, 1L << 50);
        assertThat(tree.grant(0)).containsExactly(request);
        assertThat(tree.nanosToNext(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void nobodyPassesAheadOfThoseWhoWait() {
        LimitTree tree = new LimitTree(new ByteRate(MIB), 0);
        Task task = tree.task(FOREGROUND, NONE, 0);
        while (tree.tryPass(task, PORTION, 0)) {
            // Empties the bucket.
        }
        Request first = tree.request(task, PORTION);

        assertThat(tree.tryPass(task, 1, SECOND)).isFalse();
        assertThat(tree.grant(SECOND)).containsExactly(first);
        assertThat(tree.tryPass(task, 1, SECOND)).isTrue();
    }

    @Test
    void aRateChangedWhileOthersWaitHoldsForThem() {
        LimitTree tree = new LimitTree(new ByteRate(1), 0);
        Task task = tree.task(FOREGROUND, NONE, 0);
        tree.request(task, 64 << 10);
        tree.grant(0);
        Request late = tree.request(task, PORTION);
        assertThat(tree.nanosToNext(0)).isGreaterThan(1000 * SECOND);

        tree.hostRate(new ByteRate(MIB), 0);
        assertThat(tree.nanosToNext(0)).isLessThan(SECOND);
        tree.hostRate(NONE, 0);
        assertThat(tree.grant(0)).containsExactly(late);
    }

    @Test
    void aWithdrawnRequestTakesNothing() {
        LimitTree tree = new LimitTree(new ByteRate(MIB), 0);
        Task task = tree.task(FOREGROUND, NONE, 0);
        tree.request(task, 64 << 10);
        tree.grant(0);
        Request withdrawn = tree.request(task, PORTION);
        Request kept = tree.request(task, PORTION);

        tree.withdraw(withdrawn);
        tree.withdraw(withdrawn);

        assertThat(tree.waiting()).isEqualTo(1);
        assertThat(tree.grant(SECOND)).containsExactly(kept);
        tree.withdraw(kept);
        assertThat(tree.waiting()).isZero();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theHostsRateIsUsedUpAndNeverExceededByMoreThanABurst(long seed) {
        Random random = new Random(seed);
        ByteRate host = new ByteRate((1 + random.nextInt(20)) * MIB);
        LimitWorld world = new LimitWorld(host);
        for (int i = 0; i < 12; i++) {
            TrafficClass traffic = CLASSES.get(random.nextInt(3));
            ByteRate cap = random.nextBoolean() ? NONE : new ByteRate(1 + random.nextLong(MIB));
            Flow flow = world.flow(traffic, cap);
            flow.portion = (2 << 10) + random.nextInt(62 << 10);
        }
        world.flow(BACKGROUND, NONE);
        long burst = TokenBucket.burstOf(host);

        for (int step = 0; step < 40; step++) {
            Flow flow = world.flows.get(random.nextInt(12));
            if (flow.active) {
                world.stop(flow);
            } else {
                flow.active = true;
            }
            long before = world.bytes;
            long nanos = SECOND / 10 + random.nextLong(SECOND);
            world.run(nanos);

            double allowed = (double) host.bytesPerSecond() * nanos / SECOND;
            assertThat((double) (world.bytes - before))
                    .as("seed %d, step %d", seed, step)
                    .isBetween(0.99 * allowed - 2 * burst, allowed + burst);
        }
        double allowed = (double) host.bytesPerSecond() * world.now / SECOND;
        assertThat((double) world.bytes)
                .as("seed %d", seed)
                .isBetween(0.99 * allowed - burst, allowed + burst);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyCapHoldsAndNobodyStarves(long seed) {
        Random random = new Random(seed);
        LimitWorld world = new LimitWorld(new ByteRate(20 * MIB));
        List<Long> caps = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long cap = random.nextInt(3) == 0 ? 0 : 64 * 1024 + random.nextLong(4 * MIB);
            caps.add(cap);
            world.flow(CLASSES.get(random.nextInt(3)), new ByteRate(cap));
        }

        world.run(20 * SECOND);

        for (int i = 0; i < 20; i++) {
            long cap = caps.get(i);
            long most = cap == 0 ? Long.MAX_VALUE : 20 * cap;
            long burst = TokenBucket.burstOf(new ByteRate(cap));
            assertThat(world.flows.get(i).bytes)
                    .as("seed %d, flow %d", seed, i)
                    .isPositive()
                    .isLessThanOrEqualTo(cap == 0 ? most : most + burst);
        }
    }
}
