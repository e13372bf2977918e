// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static io.dragonfly.core.limits.TrafficClass.BACKGROUND;
import static io.dragonfly.core.limits.TrafficClass.FOREGROUND;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.limits.ByteRate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(60)
class LimitedThrottleTest {
    private static final long SECOND = 1_000_000_000;
    private static final int MIB = 1 << 20;

    /// Time that passes only where the one thread of the test waits.
    private static final class VirtualTime implements Parker {
        private final AtomicLong now = new AtomicLong();

        @Override
        public void park(long nanos) {
            assertThat(nanos).as("nobody else would wake this thread").isLessThan(Long.MAX_VALUE);
            now.addAndGet(nanos);
        }

        @Override
        public void unpark(Thread thread) {}
    }

    @Test
    void bytesPassAtTheRate() {
        VirtualTime time = new VirtualTime();
        SharedLimit limit = new SharedLimit(new ByteRate(MIB), time.now::get, time);
        LimitedThrottle throttle = limit.throttle(FOREGROUND, ByteRate.UNLIMITED);

        long waited = 0;
        for (int i = 0; i < 640; i++) {
            waited += throttle.acquire(16 << 10);
        }

        // 10 MiB, less the burst that a fresh bucket holds.
        assertThat(time.now.get()).isBetween(10 * SECOND - SECOND / 16 - 1000, 10 * SECOND);
        assertThat(waited).isEqualTo(time.now.get());
    }

    @Test
    void nothingIsHeldBackWithoutALimit() {
        VirtualTime time = new VirtualTime();
        SharedLimit limit = new SharedLimit(ByteRate.UNLIMITED, time.now::get, time);

        assertThat(limit.throttle(FOREGROUND, ByteRate.UNLIMITED).acquire(Integer.MAX_VALUE))
                .isZero();
    }

    @Test
    void aTaskHasItsOwnRate() {
        VirtualTime time = new VirtualTime();
        SharedLimit limit = new SharedLimit(ByteRate.UNLIMITED, time.now::get, time);
        LimitedThrottle throttle = limit.throttle(BACKGROUND, new ByteRate(MIB));

        throttle.acquire(64 << 10);
        throttle.acquire(64 << 10);
        assertThat(time.now.get()).isBetween(SECOND / 16, SECOND / 16 + 1000);
        throttle.rate(ByteRate.UNLIMITED);
        assertThat(throttle.acquire(1 << 30)).isZero();
    }

    /// A single flow asks for as much at once as its pace lets it: still no two seconds hold 5 %
    /// more or less than the limit.
    @ParameterizedTest
    @ValueSource(longs = {200_000, 1_000_000, 3_000_000, 20_000_000, 1_000_000_000})
    void aPaceKeepsEveryWindowWithinFivePercent(long rate) {
        VirtualTime time = new VirtualTime();
        SharedLimit limit = new SharedLimit(new ByteRate(rate), time.now::get, time);
        Pace pace = new Pace(limit.throttle(FOREGROUND, ByteRate.UNLIMITED));
        NavigableMap<Long, Long> passed = new TreeMap<>();
        long total = 0;
        while (time.now.get() < 8 * SECOND) {
            int allowed = pace.allow(256 << 10);
            pace.passed(allowed);
            total += allowed;
            passed.put(time.now.get(), total);
        }

        double most = 2.0 * rate;
        for (long from = 2 * SECOND; from < 6 * SECOND; from += SECOND / 50) {
            long bytes =
                    passed.floorEntry(from + 2 * SECOND).getValue()
                            - passed.floorEntry(from).getValue();
            assertThat((double) bytes).as("from %d", from).isBetween(0.95 * most, 1.05 * most);
        }
    }

    @Test
    void manyThreadsAllPassInTheEnd() throws Exception {
        SharedLimit limit =
                new SharedLimit(new ByteRate(256L * MIB), System::nanoTime, Parker.THREADS);
        List<CompletableFuture<Long>> results = new ArrayList<>();
        long since = System.nanoTime();
        for (int i = 0; i < 64; i++) {
            LimitedThrottle throttle =
                    limit.throttle(i % 2 == 0 ? FOREGROUND : BACKGROUND, ByteRate.UNLIMITED);
            CompletableFuture<Long> result = new CompletableFuture<>();
            results.add(result);
            Thread.ofVirtual()
                    .start(() -> {
                        long waited = 0;
                        for (int n = 0; n < 64; n++) {
                            waited += throttle.acquire(64 << 10);
                        }
                        result.complete(waited);
                    });
        }
        for (CompletableFuture<Long> result : results) {
            result.get();
        }
        // 256 MiB cannot pass in less than a second, less the burst of 50 ms.
        assertThat(System.nanoTime() - since).isGreaterThan(SECOND * 94 / 100);
    }

    @Test
    void aChangedRateWakesThoseWhoWait() throws Exception {
        SharedLimit limit = new SharedLimit(new ByteRate(1), System::nanoTime, Parker.THREADS);
        limit.throttle(FOREGROUND, ByteRate.UNLIMITED).acquire(64 << 10);
        CountDownLatch begun = new CountDownLatch(10);
        List<CompletableFuture<Long>> results = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            LimitedThrottle throttle = limit.throttle(BACKGROUND, ByteRate.UNLIMITED);
            CompletableFuture<Long> result = new CompletableFuture<>();
            results.add(result);
            Thread.ofVirtual()
                    .start(() -> {
                        begun.countDown();
                        result.complete(throttle.acquire(64 << 10));
                    });
        }
        begun.await();
        assertThat(results).noneMatch(CompletableFuture::isDone);

        limit.hostRate(new ByteRate(1L << 30));

        for (CompletableFuture<Long> result : results) {
            assertThat(result.get()).isLessThan(Long.MAX_VALUE);
        }
    }

    @Test
    void aFetchThroughLimitsOnBothSidesIsWhole() throws Exception {
        ByteRate rate = new ByteRate(4L * MIB);
        SharedLimit upload = new SharedLimit(rate, System::nanoTime, Parker.THREADS);
        SharedLimit download = new SharedLimit(rate, System::nanoTime, Parker.THREADS);
        try (PieceFixture fixture =
                new PieceFixture(
                        InetAddress.getLoopbackAddress(),
                        PieceFixture.SERVER,
                        PieceFixture.CLIENT,
                        upload.throttle(FOREGROUND, ByteRate.UNLIMITED))) {
            TestContent content = fixture.content(8 * PieceFixture.BLOCK).putAll();
            Recorder recorder = new Recorder();

            RangeResult result =
                    fixture.client
                            .begin(
                                    fixture.address,
                                    PieceFixture.request(0, 8),
                                    recorder,
                                    download.throttle(FOREGROUND, ByteRate.UNLIMITED))
                            .run();

            assertThat(result).isEqualTo(new RangeResult.Complete(8));
            assertThat(recorder.blocks.get(7)).isEqualTo(content.block(7));
        }
    }
}
