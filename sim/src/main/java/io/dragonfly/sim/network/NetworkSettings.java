// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.network;

import io.dragonfly.core.model.Check;

/// @param portion about so many bytes a flow sends when it is its turn; smaller is more exact and
///   takes more time to simulate
/// @param windowBlocks blocks of a flow that may be on their way
/// @param latencyNanos one way between two hosts
/// @param unfairness flows have random weights from `1 - unfairness` to 1
public record NetworkSettings(int portion, int windowBlocks, long latencyNanos, double unfairness) {
    /// 64 KiB, one block, 2 ms, fair.
    public static final NetworkSettings DEFAULT = new NetworkSettings(64 << 10, 1, 2_000_000, 0);

    public NetworkSettings {
        Check.argument(portion >= 4 << 10, "portion too small: %d", portion);
        Check.argument(windowBlocks >= 1 && windowBlocks <= 4, "window: %d", windowBlocks);
        Check.argument(unfairness >= 0 && unfairness < 1, "unfairness: %s", unfairness);
    }

    public NetworkSettings withPortion(int bytes) {
        return new NetworkSettings(bytes, windowBlocks, latencyNanos, unfairness);
    }

    public NetworkSettings withWindow(int blocks) {
        return new NetworkSettings(portion, blocks, latencyNanos, unfairness);
    }

    public NetworkSettings withUnfairness(double value) {
        return new NetworkSettings(portion, windowBlocks, latencyNanos, value);
    }
}
