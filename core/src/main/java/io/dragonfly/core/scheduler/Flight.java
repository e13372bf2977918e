// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import org.jspecify.annotations.Nullable;

/// One range on its way to one member.
final class Flight {
    final Member child;
    final int range;

    /// Null: the seed.
    final @Nullable Member parent;

    /// Whether it enters an IDC from outside, and takes one of its crossings instead of a seed
    /// slot.
    final boolean crossing;

    final long offeredNanos;

    /// Blocks charged to the seed's budget for repeating what peers have.
    final int charge;

    long startedNanos;
    boolean started;

    /// Which measurement of the seed's slots this flight counts for; 0 for none.
    int trial;

    /// It takes no slots any more, see [Event.Ending].
    boolean ending;

    /// How often the range changed its parent.
    int moves;

    Flight(
            Member child,
            int range,
            @Nullable Member parent,
            boolean crossing,
            int charge,
            long nowNanos) {
        this.child = child;
        this.range = range;
        this.parent = parent;
        this.crossing = crossing;
        this.charge = charge;
        this.offeredNanos = nowNanos;
    }
}
