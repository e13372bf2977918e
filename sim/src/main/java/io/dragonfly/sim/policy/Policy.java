// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;

import java.util.List;

/// Decides who fetches what from whom: the production scheduler, or what it is compared with. Like
/// that one a pure state machine: the same events give the same commands.
///
/// The hosts that carry the commands out are the same under every policy. Events that a policy has
/// no use for it ignores.
public interface Policy {
    /// @param nowNanos virtual time, never less than before
    List<Command> on(Event event, long nowNanos);

    /// How a content of `length` bytes ([Geometry#UNKNOWN] included) is cut for this policy. The
    /// [Event.SwarmOpened] that it gets has this geometry.
    default Geometry geometry(long length) {
        return Geometry.of(length);
    }

    /// Whether hosts and the seed send blocks of a range that they do not have complete. Where not,
    /// [Event.SeedHas] is told when the seed has the whole range, and offers name only parents that
    /// said [Event.Done].
    default boolean cutThrough() {
        return true;
    }

    /// Whether it notices who goes without a word. Where not, offers may name parents that are not
    /// there any more, or that lost what they had.
    default boolean noticesWhoIsGone() {
        return true;
    }
}
