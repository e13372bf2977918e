// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.rtt;

import java.util.concurrent.locks.ReentrantLock;

/// One direction of a line that all connections share: what passes takes its time at the line's
/// rate, one after the other, and arrives after the delay. Thread-safe.
final class Line {
    private final double bytesPerNano;
    private final long delayNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private long freeNanos;

    /// @param bitsPerSecond of the line
    /// @param delayNanos from one end to the other
    /// @param nowNanos of the clock that [#arrival] gets
    Line(long bitsPerSecond, long delayNanos, long nowNanos) {
        bytesPerNano = bitsPerSecond / 8e9;
        this.delayNanos = delayNanos;
        freeNanos = nowNanos;
    }

    /// When so many bytes that come now are all at the other end.
    long arrival(int bytes, long nowNanos) {
        lock.lock();
        try {
            long from = Math.max(freeNanos, nowNanos);
            freeNanos = from + Math.round(bytes / bytesPerNano);
            return freeNanos + delayNanos;
        } finally {
            lock.unlock();
        }
    }

    /// Bytes that are on the line or wait before it, at its full rate.
    long capacity(long bufferBytes) {
        return (long) (delayNanos * bytesPerNano) + bufferBytes;
    }
}
