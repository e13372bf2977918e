// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000;

    /// Bytes that were let through at a time.
    private record Passed(long nanos, long bytes) {}

    static List<Long> seeds() {
        return new Random(20261120).longs(50).boxed().toList();
    }

    @Test
    void aFullBucketLetsABurstThroughAndThenTheRate() {
        TokenBucket bucket = new TokenBucket(1000, 500, 0);

        assertThat(bucket.reserve(500, 0)).isZero();
        assertThat(bucket.reserve(100, 0)).isEqualTo(SECOND / 10);
        assertThat(bucket.reserve(100, 0)).isEqualTo(SECOND / 5);
        assertThat(bucket.reserve(100, SECOND / 5)).isEqualTo(SECOND / 10);
    }

    @Test
    void aPauseSavesNoMoreThanABurst() {
        TokenBucket bucket = new TokenBucket(1000, 500, 0);

        assertThat(bucket.reserve(500, 100 * SECOND)).isZero();
        assertThat(bucket.reserve(1, 100 * SECOND)).isEqualTo(SECOND / 1000);
    }

    @Test
    void rateZeroLetsEverythingThrough() {
        TokenBucket bucket = new TokenBucket(0, 500, 0);

        assertThat(bucket.reserve(Long.MAX_VALUE, 0)).isZero();
        assertThat(bucket.nanosFor(Long.MAX_VALUE, 0)).isZero();
    }

    @Test
    void aChangedRateHoldsFromThenOn() {
        TokenBucket bucket = new TokenBucket(1000, 500, 0);
        bucket.reserve(1500, 0);

        bucket.change(10_000, 500, 0);
        assertThat(bucket.reserve(0, 0)).as("the debt stays").isEqualTo(SECOND / 10);
        bucket.change(0, 500, 0);
        assertThat(bucket.reserve(1 << 30, 0)).isZero();
        bucket.change(1000, 500, 0);
        assertThat(bucket.reserve(100, 0)).as("no rate forgives").isEqualTo(SECOND / 10);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void changesNeitherGiveABurstNorTakeOne(long seed) {
        Random random = new Random(seed);
        TokenBucket bucket = new TokenBucket(1000, 500, 0);
        assertThat(bucket.reserve(500, 0)).isZero();
        long now = 0;
        double allowed = 0;
        long bytes = 0;
        long rate = 1000;

        for (int i = 0; i < 1000; i++) {
            long step = random.nextLong(SECOND / 25);
            allowed += (double) rate * step / SECOND;
            now += step;
            rate = 100 + random.nextLong(10_000);
            bucket.change(rate, 500, now);
            bucket.change(rate, 500, now);
            while (bucket.nanosFor(10, now) == 0) {
                bucket.reserve(10, now);
                bytes += 10;
            }
        }

        assertThat((double) bytes)
                .as("seed %d", seed)
                .isBetween(0.95 * allowed - 500, allowed + 10);
    }

    @Test
    void theFirstRateAfterNoneGivesNoBurst() {
        TokenBucket bucket = new TokenBucket(0, 500, 0);
        bucket.change(1000, 500, SECOND);

        assertThat(bucket.reserve(100, SECOND)).isEqualTo(SECOND / 10);
    }

    @Test
    void lookingChangesNothing() {
        TokenBucket bucket = new TokenBucket(1000, 500, 0);

        assertThat(bucket.nanosFor(500, 0)).isZero();
        assertThat(bucket.nanosFor(9999, 0)).as("a full bucket is the most there is").isZero();
        assertThat(bucket.reserve(500, 0)).isZero();
        assertThat(bucket.nanosFor(100, 0)).isEqualTo(SECOND / 10);
        assertThat(bucket.nanosFor(9999, 0)).isEqualTo(SECOND / 2);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theLongRunRateIsTheRateAndNoWindowHasMoreThanABurstInExcess(long seed) {
        Random random = new Random(seed);
        long rate = 1 + (long) Math.pow(10, 3 + 7 * random.nextDouble());
        long burst = 1 + (long) (rate * random.nextDouble());
        TokenBucket bucket = new TokenBucket(rate, burst, 0);
        List<Passed> passed = new ArrayList<>();
        long now = random.nextLong(SECOND);
        long total = 0;

        while (now < 100 * SECOND) {
            long bytes = 1 + (long) (burst * random.nextDouble());
            now += bucket.reserve(bytes, now);
            passed.add(new Passed(now, bytes));
            total += bytes;
        }

        assertThat((double) total / now * SECOND)
                .as("seed %d", seed)
                .isCloseTo((double) rate, within(0.01 * rate + burst / 100.0));
        for (int i = 0; i < 200; i++) {
            int from = random.nextInt(passed.size());
            int to = Math.min(passed.size(), from + 1 + random.nextInt(1000));
            long sum = passed.subList(from, to).stream().mapToLong(Passed::bytes).sum();
            long nanos = passed.get(to - 1).nanos - passed.get(from).nanos;
            assertThat(sum - (double) rate * nanos / SECOND)
                    .as("seed %d, window %d..%d", seed, from, to)
                    .isLessThanOrEqualTo(burst + 1.0);
        }
    }
}
