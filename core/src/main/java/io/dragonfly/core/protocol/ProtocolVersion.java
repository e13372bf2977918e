// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import java.util.OptionalInt;

/// The versions of the control protocol that this software speaks. N and N-1 work together both ways.
public final class ProtocolVersion {
    /// The oldest version that this software still speaks.
    public static final int MIN = 1;

    /// The newest version that this software speaks.
    public static final int MAX = 1;

    private ProtocolVersion() {}

    /// The newest version that both this software and one that speaks `min..max` know; empty where
    /// there is none.
    public static OptionalInt choose(int min, int max) {
        int newest = Math.min(max, MAX);
        return newest >= Math.max(min, MIN) ? OptionalInt.of(newest) : OptionalInt.empty();
    }

    /// The answer to a peer with which [#choose] finds no version.
    public static FromSupernode.Rejected incompatible(int min, int max) {
        String who = max < MIN ? "the peer is too old" : "the peer is too new";
        return new FromSupernode.Rejected(
                "incompatible",
                "no common protocol version: the peer speaks %s, this supernode %s: %s"
                        .formatted(span(min, max), span(MIN, MAX), who));
    }

    private static String span(int min, int max) {
        return min == max ? "version " + min : "versions " + min + " to " + max;
    }
}
