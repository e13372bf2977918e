// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import io.dragonfly.core.scheduler.SchedulerSettings;

import java.util.random.RandomGenerator;

/// The policies that are compared. The names are those of reports and command lines.
public enum PolicyName {
    /// The production scheduler.
    OURS("ours"),

    /// Version 1 (1.0.6), as far as its supernode decided.
    V1("v1"),

    /// Any range from anybody, with the slots of the production scheduler.
    RANDOM("random");

    private final String text;

    PolicyName(String text) {
        this.text = text;
    }

    /// A policy in its first state.
    ///
    /// @param settings slots and limits; a policy that has its own constants ignores them
    /// @param random all its randomness
    public Policy create(SchedulerSettings settings, RandomGenerator random) {
        return switch (this) {
            case OURS -> new Production(settings, random);
            case V1 -> new VersionOne(random);
            case RANDOM -> new RandomChoice(settings, random);
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
