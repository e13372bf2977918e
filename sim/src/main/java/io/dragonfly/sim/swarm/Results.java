// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.policy.FluidBound;
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
    /// Ends the reason of a host that may fail.
    public static final String MAY = Outcome.MAY;

    /// The reason of a host that left for ever.
    public static final String LEFT = SimHost.LEFT;

    private Results() {}

    /// @throws BrokenInvariant where a host is complete and should not be, or failed without a name
    ///   for it
    public static Outcome of(World world, String policy, long seed) {
        Scenario scenario = world.scenario();
        List<Double> seconds = new ArrayList<>();
        Map<String, Integer> failed = new TreeMap<>();
        Map<String, Double> slowest = new TreeMap<>();
        long first = Long.MAX_VALUE;
        for (SimHost host : world.hosts()) {
            first = Math.min(first, host.arrivedNanos());
        }
        for (SimHost host : world.hosts()) {
            host.downloads().forEach(SimDownload::check);
            HostClass hostClass = host.hostClass();
            boolean mayFail = hostClass.traits().mayFail();
            if (host.doneNanos() < 0) {
                String why = host.failure() == null ? "deadline" : host.failure();
                failed.merge(mayFail ? why + MAY : why, 1, Integer::sum);
            } else if (!mayFail) {
                seconds.add((host.doneNanos() - first) / 1e9);
                double own = (host.doneNanos() - host.arrivedNanos()) / 1e9;
                double bound = FluidBound.own(scenario.bytes(), takes(hostClass));
                slowest.merge(hostClass.name(), own / bound, Math::max);
            }
        }
        int connections = world.origin().mostConnections();
        if (connections > scenario.conditions().originConnections()) {
            failed.put(
                    "more than %d connections at the origin"
                            .formatted(scenario.conditions().originConnections()),
                    connections);
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
                bound(world),
                slowest,
                world.origin().bytes() / bytes,
                seedBytes / bytes,
                thin,
                controlBytes / bytes / scenario.peers(),
                failed,
                world.timeline().events(),
                world.timeline().hash());
    }

    private static double takes(HostClass hosts) {
        double mbit = hosts.down();
        HostClass.Traits traits = hosts.traits();
        mbit = traits.limitMbit() > 0 ? Math.min(mbit, traits.limitMbit()) : mbit;
        return traits.diskMbit() > 0 ? Math.min(mbit, traits.diskMbit()) : mbit;
    }

    /// Hosts that the run is fine without are no part of it.
    private static double bound(World world) {
        List<FluidBound.Host> hosts = new ArrayList<>();
        for (SimHost host : world.hosts()) {
            HostClass c = host.hostClass();
            if (!c.traits().mayFail()) {
                hosts.add(
                        new FluidBound.Host(c.up(), takes(c), c.idc(), host.arrivedNanos() / 1e9));
            }
        }
        Scenario s = world.scenario();
        return new FluidBound(s.bytes(), hosts, s.supernodes(), s.origin(), s.thin()).seconds();
    }
}
