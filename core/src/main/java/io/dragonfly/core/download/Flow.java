// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;

/// One fetch that runs: consecutive blocks of one range from one parent. Owned by [DownloadState].
final class Flow {
    final int id;
    final int range;
    final PeerId parent;
    final long startedNanos;

    /// The block that arrives next.
    int nextBlock;

    int endBlock;
    boolean stopping;

    /// Its range was reported to end soon.
    boolean ending;

    /// Bytes of the next block that came.
    private int partial;

    private long bytesSinceWatch;
    private long receivedNanos;
    private double bytesPerNano;
    private long watchedNanos;
    private long slowSinceNanos = -1;

    Flow(int id, int range, PeerId parent, int firstBlock, int endBlock, long nowNanos) {
        this.id = id;
        this.range = range;
        this.parent = parent;
        this.nextBlock = firstBlock;
        this.endBlock = endBlock;
        this.startedNanos = nowNanos;
        this.watchedNanos = nowNanos;
        this.receivedNanos = nowNanos;
    }

    void received(int bytes, long nowNanos) {
        bytesSinceWatch += bytes;
        partial += bytes;
        receivedNanos = nowNanos;
    }

    /// The next block came whole.
    void passBlock() {
        nextBlock++;
        partial = 0;
    }

    /// Whether this brings the end of its range, which is near at the present rate. Not before the
    /// range's last half: where ranges are quick, all of them would be near their end.
    boolean endsWithin(long nanos, Geometry geometry) {
        double left = (double) blocksLeft() * geometry.blockSize() - partial;
        return !ending
                && !stopping
                && endBlock == geometry.endBlockOfRange(range)
                && 2 * blocksLeft() <= geometry.rangeBlocks()
                && left <= bytesPerNano * nanos;
    }

    /// Time without a byte.
    long quietNanos(long nowNanos) {
        return nowNanos - receivedNanos;
    }

    /// Takes the rate of the time since the last watch; half of it is memory, so that one quiet
    /// interval does not look like a dead parent.
    void watch(long nowNanos) {
        long elapsed = Math.max(1, nowNanos - watchedNanos);
        double rate = (double) bytesSinceWatch / elapsed;
        bytesPerNano = bytesPerNano == 0 ? rate : (bytesPerNano + rate) / 2;
        bytesSinceWatch = 0;
        watchedNanos = nowNanos;
    }

    double bytesPerNano() {
        return bytesPerNano;
    }

    /// Whether the flow has been slow for `nanos`; answers yes once per such time.
    boolean slowFor(long nanos, boolean slowNow, long nowNanos) {
        if (!slowNow) {
            slowSinceNanos = -1;
            return false;
        }
        if (slowSinceNanos < 0) {
            slowSinceNanos = nowNanos;
            return false;
        }
        if (nowNanos - slowSinceNanos < nanos) {
            return false;
        }
        slowSinceNanos = nowNanos;
        return true;
    }

    int blocksLeft() {
        return endBlock - nextBlock;
    }
}
