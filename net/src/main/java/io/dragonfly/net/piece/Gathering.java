// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import java.util.concurrent.TimeUnit;

/// Decides how long bytes may gather in the kernel's buffer before the next read.
///
/// On a slow link a packet comes every millisecond or so, and each wakes its reader, at many times
/// the cost of the packet. So who got little waits until [#ENOUGH] may have come, as network cards
/// do with their interrupts. So few that no receive window is held up by it, and never for long,
/// since others may wait for this block. A connection that brings more than that is read at once.
/// Used by one thread.
final class Gathering {
    /// A read of so many bytes is worth its wake-up.
    static final int ENOUGH = 16 << 10;

    static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /// Below this a wait costs as much as it saves.
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private long lastNanos;
    private boolean known;

    /// Smoothed over some reads; 0 while unknown.
    private double bytesPerNano;

    private int lastBytes;

    /// A read brought `bytes`.
    void read(int bytes, long nowNanos) {
        if (known) {
            double rate = bytes / (double) Math.max(1, nowNanos - lastNanos);
            bytesPerNano = bytesPerNano == 0 ? rate : bytesPerNano * 0.75 + rate * 0.25;
        }
        known = true;
        lastNanos = nowNanos;
        lastBytes = bytes;
    }

    /// Nothing is due: what comes next says nothing about the rate.
    void paused() {
        known = false;
        lastBytes = 0;
    }

    /// How long to wait before the next read, nanoseconds; 0 for not at all.
    ///
    /// @param missing how many bytes the reader has a use for
    long waitNanos(int missing) {
        if (bytesPerNano == 0 || lastBytes == 0 || lastBytes >= 2 * ENOUGH) {
            return 0;
        }
        double nanos = Math.min(ENOUGH, missing) / bytesPerNano;
        return nanos < SHORTEST_NANOS ? 0 : (long) Math.min(nanos, (double) LONGEST_NANOS);
    }
}
