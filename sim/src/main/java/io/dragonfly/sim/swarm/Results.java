// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.report.Outcome;
import io.dragonfly.sim.scenario.HostClass;
import io.dragonfly.sim.scenario.Scenario;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Looks at a world that has come to its end.
public final class Results {
    private Results() {}

    /// @throws BrokenInvariant where a host is complete and should not be, or failed without a name
    ///   for it
    public static Outcome of(World world, String policy, long seed) {
        Scenario scenario = world.scenario();
        List<Double> seconds = new ArrayList<>();
        Map<String, Integer> failed = new TreeMap<>();
        Map<String, Double> slowest = new TreeMap<>();
        double first = Double.MAX_VALUE;
        for (HostClass hosts : scenario.hosts()) {
            first = Math.min(first, hosts.fromSeconds());
        }
        for (SimHost host : world.hosts()) {
            host.downloads().forEach(SimDownload::check);
            HostClass hostClass = host.hostClass();
            if (host.doneNanos() >= 0) {
                double at = host.doneNanos() / 1e9 - first;
                if (!hostClass.traits().mayFail()) {
                    seconds.add(at);
                    double own = at - (hostClass.fromSeconds() - first);
                    double bound = scenario.bytes() * 8 / 1e6 / hostClass.down();
                    slowest.merge(hostClass.name(), own / bound, Math::max);
                }
            } else {
                String why = host.failure() == null ? "deadline" : host.failure();
                failed.merge(hostClass.traits().mayFail() ? why + " (may)" : why, 1, Integer::sum);
            }
        }
        Collections.sort(seconds);
        double bytes = scenario.bytes();
        long seedBytes = 0;
        long controlBytes = 0;
        for (SimSupernode supernode : world.supernodes()) {
            seedBytes += supernode.bytes();
            controlBytes += supernode.controlBytes();
        }
        Map<String, Double> thin = new TreeMap<>();
        world.thin().forEach((idc, line) -> thin.put(idc, line.bytes() / bytes));
        return new Outcome(
                scenario.name(),
                policy,
                seed,
                scenario.peers(),
                seconds.isEmpty() ? -1 : seconds.getLast(),
                seconds.isEmpty() ? -1 : seconds.get(seconds.size() / 2),
                Bound.seconds(scenario),
                slowest,
                world.origin().bytes() / bytes,
                seedBytes / bytes,
                thin,
                controlBytes / bytes / scenario.peers(),
                failed,
                world.timeline().events(),
                world.timeline().hash());
    }
}
