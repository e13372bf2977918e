// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Scheduler;
import io.dragonfly.core.scheduler.SchedulerSettings;

import java.util.List;
import java.util.random.RandomGenerator;

/// The scheduler of a supernode, as it is.
final class Production implements Policy {
    private final Scheduler scheduler;

    Production(SchedulerSettings settings, RandomGenerator random) {
        this.scheduler = new Scheduler(settings, random);
    }

    @Override
    public List<Command> on(Event event, long nowNanos) {
        return scheduler.on(event, nowNanos);
    }
}
