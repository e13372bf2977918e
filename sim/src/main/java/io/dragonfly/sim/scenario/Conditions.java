// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.scenario;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.scheduler.SchedulerSettings;
import io.dragonfly.sim.network.NetworkSettings;

/// What holds for all of a run.
///
/// @param network portions, windows, latency between peers
/// @param controlNanos one way between a peer and a supernode
/// @param batchNanos what is said within this time after a frame goes out together
/// @param messageNanos what a supernode's CPU spends on a message, in or out; its messages wait for
///   each other
/// @param deadlineSeconds who is not complete by then fails
/// @param spread whether hosts begin with different supernodes of their list
/// @param originConnections more at a time at the origin is a failure
/// @param scheduler of the policy
public record Conditions(
        NetworkSettings network,
        long controlNanos,
        long batchNanos,
        long messageNanos,
        double deadlineSeconds,
        boolean spread,
        int originConnections,
        SchedulerSettings scheduler) {
    /// 5 ms, frames of 2 ms, no CPU charged, an hour.
    public static final Conditions DEFAULT =
            new Conditions(
                    NetworkSettings.DEFAULT,
                    5_000_000,
                    2_000_000,
                    0,
                    3600,
                    false,
                    Integer.MAX_VALUE,
                    SchedulerSettings.DEFAULTS);

    public Conditions {
        Check.argument(controlNanos > 0 && batchNanos >= 0, "latencies must be positive");
        Check.argument(messageNanos >= 0 && deadlineSeconds > 0, "times must not be negative");
    }

    public Conditions network(NetworkSettings settings) {
        return new Conditions(
                settings,
                controlNanos,
                batchNanos,
                messageNanos,
                deadlineSeconds,
                spread,
                originConnections,
                scheduler);
    }

    public Conditions batch(long nanos) {
        return new Conditions(
                network,
                controlNanos,
                nanos,
                messageNanos,
                deadlineSeconds,
                spread,
                originConnections,
                scheduler);
    }

    public Conditions message(long nanos) {
        return new Conditions(
                network,
                controlNanos,
                batchNanos,
                nanos,
                deadlineSeconds,
                spread,
                originConnections,
                scheduler);
    }

    public Conditions deadline(double seconds) {
        return new Conditions(
                network,
                controlNanos,
                batchNanos,
                messageNanos,
                seconds,
                spread,
                originConnections,
                scheduler);
    }

    public Conditions spread(boolean value) {
        return new Conditions(
                network,
                controlNanos,
                batchNanos,
                messageNanos,
                deadlineSeconds,
                value,
                originConnections,
                scheduler);
    }

    public Conditions originConnections(int most) {
        return new Conditions(
                network,
                controlNanos,
                batchNanos,
                messageNanos,
                deadlineSeconds,
                spread,
                most,
                scheduler);
    }
}
