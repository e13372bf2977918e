// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

/// How many messages a stream may bring: a bucket that holds four seconds' worth. For one thread at a
/// time.
final class Rate {
    private static final int BURST_SECONDS = 4;
    private static final double NANOS_PER_SECOND = 1e9;

    private final int perSecond;
    private double tokens;
    private long lastNanos;

    Rate(int perSecond, long nowNanos) {
        this.perSecond = perSecond;
        tokens = (double) perSecond * BURST_SECONDS;
        lastNanos = nowNanos;
    }

    /// Takes `count` tokens; false when they are not there.
    boolean take(int count, long nowNanos) {
        double refill = (nowNanos - lastNanos) / NANOS_PER_SECOND * perSecond;
        lastNanos = nowNanos;
        tokens = Math.min((double) perSecond * BURST_SECONDS, tokens + refill) - count;
        return tokens >= 0;
    }
}
