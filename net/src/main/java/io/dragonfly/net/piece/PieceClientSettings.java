// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Check;

import java.time.Duration;

/// The limits of a [PieceClient].
///
/// @param connectTimeout for a connection and its handshake
/// @param stallTimeout a parent that sends neither a byte nor a sign of life for this long has
///   failed; time in the own throttle or for a free buffer does not count
/// @param maxIdlePerParent connections kept for the next request to the same parent
/// @param maxIdle connections kept for all parents
/// @param idleTtl after which a kept connection is closed; shorter than the idle timeout of servers
/// @param bufferBytes memory for blocks that are on their way; fetches wait for each other beyond
///   it
public record PieceClientSettings(
        Duration connectTimeout,
        Duration stallTimeout,
        int maxIdlePerParent,
        int maxIdle,
        Duration idleTtl,
        long bufferBytes) {
    public PieceClientSettings {
        Positive.require(connectTimeout, "connect timeout");
        Positive.require(stallTimeout, "stall timeout");
        Positive.require(idleTtl, "idle ttl");
        Check.argument(
                maxIdlePerParent >= 0 && maxIdle >= 0,
                "numbers of idle connections must be >= 0: %d, %d",
                maxIdlePerParent,
                maxIdle);
        Check.argument(
                bufferBytes >= Wire.MAX_BLOCK,
                "the buffers must hold the largest block (%d bytes): %d",
                Wire.MAX_BLOCK,
                bufferBytes);
    }

    /// What a daemon starts with.
    public static PieceClientSettings defaults() {
        return new PieceClientSettings(
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                4,
                128,
                Duration.ofSeconds(30),
                16 << 20);
    }

    /// The shortest time that the reaper must notice.
    Duration shortest() {
        Duration shortest =
                connectTimeout.compareTo(stallTimeout) < 0 ? connectTimeout : stallTimeout;
        return shortest.compareTo(idleTtl) < 0 ? shortest : idleTtl;
    }
}
