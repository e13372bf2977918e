// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.protocol.FromSupernode.Refused;

import java.util.random.RandomGenerator;

/// How long a download that is refused for now asks again: while others have their turn at the
/// origin, while the origin asks for patience, while the supernode has too much to do. Used by one
/// thread.
final class Patience {
    private static final long SECOND = 1_000_000_000L;

    /// All hosts of a swarm may have their turn one after the other.
    private static final long LONGEST_TURN_NANOS = 1800 * SECOND;

    private static final long LONGEST_NANOS = 300 * SECOND;

    private final RandomGenerator random;
    private boolean waiting;
    private long since;

    Patience(RandomGenerator random) {
        this.random = random;
    }

    /// The supernode gave what was asked for: what comes later is another story.
    void over() {
        waiting = false;
    }

    /// @param backToSource whether this host may have a turn at the origin
    /// @param now monotonic, nanoseconds
    /// @return nanoseconds after which to ask again; -1 where that is of no use, or was tried for
    ///   too long
    long pause(Refused refused, boolean backToSource, long now) {
        if (!waiting) {
            waiting = true;
            since = now;
        }
        long asked =
                Math.min(refused.retryAfterMillis(), LONGEST_TURN_NANOS / 1_000_000) * 1_000_000;
        boolean turn = refused.code().equals("origin-network");
        boolean mayHelp =
                switch (refused.code()) {
                    case "origin-network" -> backToSource;
                    case "origin-unavailable", "overloaded" -> true;
                    default -> false;
                };
        long left = since + (turn ? LONGEST_TURN_NANOS : LONGEST_NANOS) - now;
        if (asked == 0 || !mayHelp || asked > left) {
            return -1;
        }
        // Never sooner than asked, and not all hosts at once.
        return asked + random.nextLong(asked / 4 + SECOND);
    }
}
