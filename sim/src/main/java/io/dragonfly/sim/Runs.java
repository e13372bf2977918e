// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim;

import io.dragonfly.core.scheduler.SchedulerSettings;
import io.dragonfly.sim.policy.Policy;
import io.dragonfly.sim.policy.PolicyName;
import io.dragonfly.sim.report.Outcome;
import io.dragonfly.sim.scenario.Scenario;
import io.dragonfly.sim.swarm.Results;
import io.dragonfly.sim.swarm.World;

import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/// Runs scenarios. The same scenario, policy and seed give the same outcome, bit by bit.
public final class Runs {
    /// Ends the reason of a host that may fail, in [Outcome#failed].
    public static final String MAY = Results.MAY;

    /// The reason of a host that left for ever.
    public static final String LEFT = Results.LEFT;

    private Runs() {}

    /// @throws io.dragonfly.sim.engine.BrokenInvariant where something happened that never may
    public static Outcome run(Scenario scenario, PolicyName policy, long seed) {
        return run(scenario, policy.toString(), policy::create, seed);
    }

    /// With a policy that has no name yet.
    ///
    /// @param policies makes one for each start of a supernode
    public static Outcome run(
            Scenario scenario,
            String policy,
            BiFunction<SchedulerSettings, RandomGenerator, Policy> policies,
            long seed) {
        World world = new World(scenario, seed, policies);
        world.run();
        return Results.of(world, policy, seed);
    }
}
