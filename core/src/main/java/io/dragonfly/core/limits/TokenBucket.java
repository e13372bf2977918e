// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.limits;

/// A token bucket whose balance may go below zero: who reserves more than there is gets told how
/// long to wait. Over any time `t`, what has been let through after its wait is at most `burst +
/// rate x t`. Not thread-safe.
public final class TokenBucket {
    private static final double NANOS = 1e9;

    /// A burst lasts so long at the bucket's rate, where that is more than [#MIN_BURST].
    private static final double BURST_SECONDS = 0.05;

    /// Enough for a few of the smallest portions in which the piece protocol moves bytes.
    private static final long MIN_BURST = 16 << 10;

    private long rate;
    private long burst;
    private double tokens;
    private long asOf;

    /// @param bytesPerSecond 0 = unlimited
    /// @param burst bytes that may pass at once after a pause, > 0
    public TokenBucket(long bytesPerSecond, long burst, long nowNanos) {
        this.rate = bytesPerSecond;
        this.burst = burst;
        this.tokens = (double) burst;
        this.asOf = nowNanos;
    }

    /// A burst that fits a rate: 50 ms of it, at least 16 KiB.
    public static long burstOf(ByteRate rate) {
        return Math.max(MIN_BURST, (long) ((double) rate.bytesPerSecond() * BURST_SECONDS));
    }

    /// Takes `bytes`.
    ///
    /// @return nanoseconds after which they may pass; 0 = now
    public long reserve(long bytes, long nowNanos) {
        if (rate == 0) {
            return 0;
        }
        settle(nowNanos);
        tokens -= bytes;
        return nanosUntil(0.0);
    }

    /// Nanoseconds until [#reserve] of `bytes` would return 0; for more than a burst, until the
    /// bucket is full (it never holds more). Changes nothing that can be seen.
    public long nanosFor(long bytes, long nowNanos) {
        if (rate == 0) {
            return 0;
        }
        settle(nowNanos);
        return nanosUntil((double) Math.min(bytes, burst));
    }

    /// Changes the rate from now on. What was reserved keeps the time it was told. No change gives
    /// a burst or takes one: what is left of it, or a debt, stays. Without a rate a debt is
    /// forgiven, and nothing is saved.
    public void change(long bytesPerSecond, long newBurst, long nowNanos) {
        if (rate != 0) {
            settle(nowNanos);
        }
        asOf = nowNanos;
        boolean unlimited = rate == 0 || bytesPerSecond == 0;
        tokens = unlimited ? 0.0 : Math.min(tokens, (double) newBurst);
        rate = bytesPerSecond;
        burst = newBurst;
    }

    private void settle(long nowNanos) {
        long passed = nowNanos - asOf;
        if (passed > 0) {
            tokens = Math.min((double) burst, tokens + (double) passed * (double) rate / NANOS);
            asOf = nowNanos;
        }
    }

    private long nanosUntil(double wanted) {
        // The last bit of a double must not make anybody wait.
        double missing = wanted - tokens;
        return missing <= 1e-6 ? 0 : (long) Math.ceil(missing * NANOS / (double) rate);
    }
}
