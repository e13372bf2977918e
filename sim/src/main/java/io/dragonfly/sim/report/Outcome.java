// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.util.List;
import java.util.Map;

/// What one run of a scenario came to: what the report is made of.
///
/// @param scenario its name
/// @param policy its name
/// @param seed all randomness came from it
/// @param peers how many hosts wanted a content
/// @param lastSeconds when the last host that could finish was complete, from the first arrival
/// @param medianSeconds the same of the host in the middle
/// @param boundSeconds what the fluid bound allows at best
/// @param classes per class of hosts with links of its own: slowest of the class / its own bound
/// @param originCopies bytes that the origin sent / bytes of the contents
/// @param seedCopies bytes that all supernodes sent to hosts / bytes of the contents
/// @param thinCopies per IDC: bytes over its link / bytes of the contents
/// @param controlBytes per peer, out of the supernode / bytes of the contents
/// @param failed why hosts failed, with counts; empty where all are complete
/// @param events how many events were handled
/// @param hash over all events, in order
public record Outcome(
        String scenario,
        String policy,
        long seed,
        int peers,
        double lastSeconds,
        double medianSeconds,
        double boundSeconds,
        Map<String, Double> classes,
        double originCopies,
        double seedCopies,
        Map<String, Double> thinCopies,
        double controlBytes,
        Map<String, Integer> failed,
        long events,
        long hash) {
    /// Ends the reason of a host that the scenario allows to fail.
    public static final String MAY = " (may)";

    /// The reason of a host that left for ever.
    public static final String LEFT = "left";

    public Outcome {
        classes = Map.copyOf(classes);
        thinCopies = Map.copyOf(thinCopies);
        failed = Map.copyOf(failed);
    }

    /// Last host / bound: 1 is the best that can be.
    public double ratio() {
        return lastSeconds / boundSeconds;
    }

    /// The names of a row that stands for several seeds.
    public List<String> key() {
        return List.of(scenario, policy);
    }
}
