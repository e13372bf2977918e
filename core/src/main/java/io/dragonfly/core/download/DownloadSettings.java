// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

/// @param watchIntervalNanos how often flows are compared
/// @param slowFraction a flow below this fraction of the mean rate is slow
/// @param slowNanos for so long before it is complained about
/// @param quietNanos a flow without a byte for so long is slow even if there is none to compare
///   with
/// @param endingNanos a range that ends within so long is reported, so that the next is under way
///   by then; about what the report, the offer, the request and the first bytes of the answer take
///   on links whose queues are full
/// @param idleNanos a flow without a byte for so long is given up, though its parent says that it
///   waits itself: another may have what it waits for
public record DownloadSettings(
        long watchIntervalNanos,
        double slowFraction,
        long slowNanos,
        long quietNanos,
        long endingNanos,
        long idleNanos) {
    /// 250 ms, a third, 400 ms: what the first swarm model found to work. 200 ms: see the
    /// measurements in `docs/benchmarks`.
    public static final DownloadSettings DEFAULT =
            new DownloadSettings(
                    250_000_000L,
                    1.0 / 3,
                    400_000_000L,
                    2_000_000_000L,
                    200_000_000L,
                    10_000_000_000L);
}
