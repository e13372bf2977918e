// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;

import java.util.List;

/// Decides who fetches what from whom: the production scheduler, or what it is compared with. Like
/// that one a pure state machine: the same events give the same commands.
public interface Policy {
    /// @param nowNanos virtual time, never less than before
    List<Command> on(Event event, long nowNanos);
}
