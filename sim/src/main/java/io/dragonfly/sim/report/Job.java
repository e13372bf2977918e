// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

/// A run that belongs to the report.
///
/// @param quick whether it is one of those that every build runs again
public record Job(String scenario, String policy, long seed, boolean quick) {
    boolean sameRun(Outcome outcome) {
        return scenario.equals(outcome.scenario())
                && policy.equals(outcome.policy())
                && seed == outcome.seed();
    }
}
