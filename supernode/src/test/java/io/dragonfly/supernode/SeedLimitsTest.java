// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.net.piece.Parker;
import io.dragonfly.net.piece.Throttle;

import org.junit.jupiter.api.Test;

import java.net.URI;

/// In virtual time: who waits makes it go on.
final class SeedLimitsTest {
    private static final int MIB = 1 << 20;
    private static final long SECOND = 1_000_000_000;
    private static final URI ONE = URI.create("https://one/a");
    private static final URI ONE_TOO = URI.create("HTTPS://One/b?c");
    private static final URI OTHER = URI.create("https://one:8443/a");

    private long now;

    private final Parker parker =
            new Parker() {
                @Override
                public void park(long nanos) {
                    now += nanos;
                }

                @Override
                public void unpark(Thread thread) {}
            };

    private SeedLimits limits(SupernodeLimits limits) {
        return new SeedLimits(limits, () -> now, parker);
    }

    /// Seconds that 10 MiB take, in blocks.
    private double seconds(Throttle throttle) {
        long start = now;
        for (int i = 0; i < 40; i++) {
            throttle.acquire(256 << 10);
        }
        return (double) (now - start) / SECOND;
    }

    private static ByteRate rate(int mib) {
        return new ByteRate((long) mib * MIB);
    }

    @Test
    void eachOriginHasItsOwnLimitAndAllReadingsOfItShareIt() {
        SeedLimits limits = limits(SupernodeLimits.NONE.withOrigin(rate(10)));
        try (SeedLimits.Reading one = limits.reading(ONE);
                SeedLimits.Reading same = limits.reading(ONE_TOO);
                SeedLimits.Reading other = limits.reading(OTHER)) {
            assertThat(seconds(one)).isBetween(0.9, 1.0);
            assertThat(seconds(same)).as("no burst of its own").isBetween(0.99, 1.01);
            for (int i = 0; i < 100; i++) {
                assertThat(other.acquire(1)).as("has not waited for the first").isZero();
            }
        }
    }

    @Test
    void allOriginsShareWhatComesIn() {
        SeedLimits limits = limits(SupernodeLimits.NONE.withDownload(rate(10)));
        try (SeedLimits.Reading one = limits.reading(ONE);
                SeedLimits.Reading other = limits.reading(OTHER)) {
            assertThat(seconds(one)).isBetween(0.9, 1.0);
            assertThat(seconds(other)).isBetween(0.99, 1.01);
        }
    }

    @Test
    void whatIsReadIsWrittenAndWhatIsSentIsNot() {
        SeedLimits limits = limits(SupernodeLimits.NONE.withDisk(rate(10)));
        try (SeedLimits.Reading one = limits.reading(ONE)) {
            assertThat(seconds(one)).isBetween(0.9, 1.0);
            assertThat(seconds(limits.uploads())).isZero();
        }
        limits.change(SupernodeLimits.NONE.withUpload(rate(10)));
        assertThat(seconds(limits.uploads())).isBetween(0.9, 1.01);
    }

    @Test
    void changesHoldForReadingsThatRunAndForThoseToCome() {
        SeedLimits limits = limits(SupernodeLimits.NONE);
        try (SeedLimits.Reading one = limits.reading(ONE)) {
            assertThat(seconds(one)).isZero();
            limits.change(SupernodeLimits.NONE.withOrigin(rate(5)));
            assertThat(seconds(one)).isBetween(1.9, 2.01);
            try (SeedLimits.Reading other = limits.reading(OTHER)) {
                assertThat(seconds(other)).isBetween(1.9, 2.01);
            }
            limits.change(SupernodeLimits.NONE);
            assertThat(seconds(one)).isZero();
        }
    }
}
