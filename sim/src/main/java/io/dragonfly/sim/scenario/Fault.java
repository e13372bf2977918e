// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.scenario;

/// What goes wrong, and when. Times are seconds from the beginning; a `share` of hosts is drawn
/// from the run's seed.
public sealed interface Fault {
    /// When it happens first.
    double atSeconds();

    /// Machines lose power: what their disks had not synced is gone. 0 for never back.
    record Crash(double atSeconds, double share, double backAfterSeconds) implements Fault {}

    /// The same again and again: each host of the share crashes at random times, so often on
    /// average, until `untilSeconds`.
    record Churn(
            double atSeconds,
            double untilSeconds,
            double share,
            double everySeconds,
            double backAfterSeconds)
            implements Fault {}

    /// Hosts stand still: nothing goes out, nothing is taken in, no connection ends.
    record Stall(double atSeconds, double share, double forSeconds) implements Fault {}

    /// One host, by its number, stands still.
    record StallHost(double atSeconds, int host, double forSeconds) implements Fault {}

    /// Connections between hosts break: so many of them per second and flow that runs.
    record ConnectionsBreak(double atSeconds, double untilSeconds, double perSecond)
            implements Fault {}

    /// Nothing passes between an IDC and the rest.
    record Partition(double atSeconds, String idc, double forSeconds) implements Fault {}

    /// A supernode's process ends. 0 for never back; it comes back without what it knew.
    record SupernodeDies(double atSeconds, int supernode, double backAfterSeconds)
            implements Fault {}

    record SupernodeStalls(double atSeconds, int supernode, double forSeconds) implements Fault {}

    /// The origin accepts nothing and sends nothing, and no connection ends.
    record OriginStalls(double atSeconds, double forSeconds) implements Fault {}

    /// The origin refuses connections and breaks those that it has.
    record OriginFails(double atSeconds, double forSeconds) implements Fault {}

    /// The origin has other bytes from now on.
    record OriginChanges(double atSeconds, int content) implements Fault {}
}
