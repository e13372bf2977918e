// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Check;

import java.time.Duration;

/// The limits of a [PieceServer].
///
/// @param uploadSlots blocks that are sent at the same time, 0 = unlimited
/// @param maxConnections connections that are served at the same time
/// @param idleTimeout a connection without a request, or on which a write moves nothing, is closed
///   after this
/// @param headerTimeout time for the hello, and for the rest of a request once it began
/// @param minBytesPerSecond a connection that takes less is closed while others wait for a slot, 0
///   = never; time in the own throttle does not count
/// @param slowWindow over which that rate is measured
/// @param waitingInterval how often a requester is told that its block is not here yet
/// @param slotTimeout after which a ready block that got no slot is answered by `busy`
/// @param closeGrace time for blocks that are on their way when the server closes
public record PieceServerSettings(
        int uploadSlots,
        int maxConnections,
        Duration idleTimeout,
        Duration headerTimeout,
        long minBytesPerSecond,
        Duration slowWindow,
        Duration waitingInterval,
        Duration slotTimeout,
        Duration closeGrace) {
    public PieceServerSettings {
        Check.argument(uploadSlots >= 0, "upload slots must be >= 0: %d", uploadSlots);
        Check.argument(maxConnections > 0, "max connections must be > 0: %d", maxConnections);
        Check.argument(minBytesPerSecond >= 0, "minimum rate must be >= 0: %d", minBytesPerSecond);
        Positive.require(idleTimeout, "idle timeout");
        Positive.require(headerTimeout, "header timeout");
        Positive.require(slowWindow, "slow window");
        Positive.require(waitingInterval, "waiting interval");
        Positive.require(slotTimeout, "slot timeout");
        Check.argument(!closeGrace.isNegative(), "close grace must be >= 0: %s", closeGrace);
    }

    /// What a daemon starts with.
    public static PieceServerSettings defaults() {
        return new PieceServerSettings(
                4,
                512,
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                64 << 10,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(2));
    }

    public PieceServerSettings withUploadSlots(int slots) {
        return new PieceServerSettings(
                slots,
                maxConnections,
                idleTimeout,
                headerTimeout,
                minBytesPerSecond,
                slowWindow,
                waitingInterval,
                slotTimeout,
                closeGrace);
    }

    public PieceServerSettings withMaxConnections(int connections) {
        return new PieceServerSettings(
                uploadSlots,
                connections,
                idleTimeout,
                headerTimeout,
                minBytesPerSecond,
                slowWindow,
                waitingInterval,
                slotTimeout,
                closeGrace);
    }

    /// The shortest time that the reaper must notice.
    Duration shortest() {
        Duration shortest = idleTimeout.compareTo(headerTimeout) < 0 ? idleTimeout : headerTimeout;
        return shortest.compareTo(slowWindow) < 0 ? shortest : slowWindow;
    }
}
