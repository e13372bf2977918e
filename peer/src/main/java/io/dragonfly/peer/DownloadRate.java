// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

/// How fast a version comes, for the supernode's view. Not thread-safe: owned by one session, under
/// its lock.
final class DownloadRate {
    private static final long MEASURE_NANOS = 1_000_000_000L;

    private long bytes;
    private long sinceNanos;
    private long bytesPerSecond;

    /// Bytes of any flow came in.
    void received(int count, long nowNanos) {
        bytes += count;
        long elapsed = nowNanos - sinceNanos;
        if (elapsed > MEASURE_NANOS) {
            bytesPerSecond = (long) (bytes * 1e9 / elapsed);
            bytes = 0;
            sinceNanos = nowNanos;
        }
    }

    /// Over the last full second and more; 0 where nothing is known yet.
    long bytesPerSecond() {
        return bytesPerSecond;
    }
}
