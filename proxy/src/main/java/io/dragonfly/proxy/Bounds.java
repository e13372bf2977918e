// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import java.time.Duration;

/// How long the proxy waits for the swarm before it asks the upstream itself, and how much it takes
/// on.
///
/// @param begin until the engine knows the content. Where no supernode answers, or it asks for
///   patience, the proxy does not wait at all
/// @param stall while a content comes: nothing of it for so long. Up to so much again is added at
///   random, so that not all hosts ask at once
/// @param upstream for an answer, and for each byte of it
/// @param streams contents that come through the swarm at a time, each with a block in memory; more
///   come from the upstream
public record Bounds(Duration begin, Duration stall, Duration upstream, int streams) {
    private static final int STREAMS = 200;

    public static final Bounds DEFAULT =
            new Bounds(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofMinutes(2));

    public Bounds(Duration begin, Duration stall, Duration upstream) {
        this(begin, stall, upstream, STREAMS);
    }
}
