// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.origin.OriginException.Kind;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// When to try again, and when to give up. Not thread-safe, but many share one [Pauses].
final class Retries {
    /// So much between two failures counts as progress.
    private static final long PROGRESS_BYTES = 64 << 10;

    /// The parts that all readings share: settings, chance and the way of waiting. Thread-safe.
    static final class Pauses {
        private final ReentrantLock lock = new ReentrantLock();
        private final ReaderSettings settings;
        private final RandomGenerator random;
        private final Sleeper sleeper;

        Pauses(ReaderSettings settings, RandomGenerator random, Sleeper sleeper) {
            this.settings = settings;
            this.random = random;
            this.sleeper = sleeper;
        }

        /// Between half and all of what doubling gives, so that many readers do not come back at
        /// once.
        private Duration backoff(int failures) {
            long first = settings.firstBackoff().toNanos();
            long doubled = failures > 20 ? Long.MAX_VALUE : first << (failures - 1);
            long longest = Math.min(settings.maxBackoff().toNanos(), Math.max(first, doubled));
            return Duration.ofNanos(longest / 2 + chance(longest / 2 + 1));
        }

        /// What the origin asked for and up to a tenth more.
        private Duration atLeast(Duration asked) {
            return asked.plusNanos(chance(asked.toNanos() / 10 + 1));
        }

        private long chance(long bound) {
            lock.lock();
            try {
                return random.nextLong(bound);
            } finally {
                lock.unlock();
            }
        }
    }

    private final Pauses pauses;
    private final int maxRetries;
    private final Cancellation cancellation;
    private int failures;
    private long bytesAtFailure;

    Retries(Pauses pauses, int maxRetries, Cancellation cancellation) {
        this.pauses = pauses;
        this.maxRetries = maxRetries;
        this.cancellation = cancellation;
    }

    /// Waits before the next try.
    ///
    /// @param bytes read so far by all connections
    /// @throws OriginException `failure`, where there is no next try
    void failed(OriginException failure, long bytes) throws OriginException {
        if (bytes - bytesAtFailure >= PROGRESS_BYTES) {
            failures = 0;
        }
        bytesAtFailure = bytes;
        failures++;
        boolean tooLate = failure.retryAfter().compareTo(pauses.settings.maxRetryAfter()) > 0;
        if (!failure.retryable() || failures > maxRetries || tooLate) {
            throw failure;
        }
        Duration pause = pauses.backoff(failures);
        if (failure.retryAfter().compareTo(pause) > 0) {
            pause = pauses.atLeast(failure.retryAfter());
        }
        pauses.sleeper.sleep(pause, cancellation);
        if (cancellation.cancelled()) {
            throw new OriginException(Kind.NETWORK, "the reading was cancelled", false, failure);
        }
    }
}
