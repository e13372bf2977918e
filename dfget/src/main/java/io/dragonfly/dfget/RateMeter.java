// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

/// The rate of the last few seconds, smoothed. Time is given.
final class RateMeter {
    private static final double SECONDS = 3;

    private boolean begun;
    private long lastNanos;
    private long lastBytes;
    private double perSecond = -1;

    /// Takes the count so far and says the rate; 0 while there is none.
    long update(long bytes, long nowNanos) {
        if (!begun) {
            begun = true;
        } else if (nowNanos - lastNanos >= 1_000_000) {
            double seconds = (nowNanos - lastNanos) / 1e9;
            double current = Math.max(0, bytes - lastBytes) / seconds;
            double weight = 1 - Math.exp(-seconds / SECONDS);
            perSecond = perSecond < 0 ? current : perSecond + weight * (current - perSecond);
        } else {
            return rate();
        }
        lastNanos = nowNanos;
        lastBytes = bytes;
        return rate();
    }

    private long rate() {
        return Math.max(0, Math.round(perSecond));
    }
}
