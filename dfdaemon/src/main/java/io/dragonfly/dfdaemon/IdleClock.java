// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

/// Says when there has been nothing to do for long enough. Time is given; not thread-safe.
final class IdleClock {
    private final long limitNanos;
    private long sinceNanos;
    private long servedBytes;

    IdleClock(long limitNanos, long nowNanos) {
        this.limitNanos = limitNanos;
        this.sinceNanos = nowNanos;
    }

    /// @param busy whether somebody is interested in a download
    /// @param served bytes sent to peers so far
    /// @return whether the limit is reached
    boolean update(boolean busy, long served, long nowNanos) {
        if (busy || served != servedBytes) {
            sinceNanos = nowNanos;
            servedBytes = served;
        }
        return nowNanos - sinceNanos >= limitNanos;
    }
}
