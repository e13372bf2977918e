// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import java.util.function.LongSupplier;

/// How fast the other side takes what is sent, over the time that was spent in writes to its
/// socket: waiting for a slot, for the own throttle or for a block is not its fault. One thread
/// sends; the reaper reads.
final class SendMeter {
    private final LongSupplier nanoTime;
    private volatile long startedAt;
    private volatile long busyNanos;
    private volatile long bytes;

    // Of the reaper alone.
    private long windowBusy;
    private long windowBytes;
    private boolean slow;

    SendMeter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// A write begins.
    void begin() {
        long now = nanoTime.getAsLong();
        startedAt = now == 0 ? 1 : now;
    }

    /// The write moved `moved` bytes.
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void end(long moved) {
        long started = startedAt;
        startedAt = 0;
        bytes += moved;
        busyNanos += nanoTime.getAsLong() - started;
    }

    /// How long the write that is going on has not moved a byte, 0 if none is.
    long stuckNanos(long nowNanos) {
        long started = startedAt;
        return started == 0 ? 0 : nowNanos - started;
    }

    /// Whether the rate over the last whole window was below `minBytesPerSecond`.
    boolean slow(long nowNanos, long windowNanos, long minBytesPerSecond) {
        long busy = busyNanos + stuckNanos(nowNanos);
        if (busy - windowBusy >= windowNanos) {
            double seconds = (busy - windowBusy) / 1e9;
            slow = bytes - windowBytes < minBytesPerSecond * seconds;
            windowBusy = busy;
            windowBytes = bytes;
        }
        return slow;
    }
}
