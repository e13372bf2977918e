// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.sim.scenario.HostClass;
import io.dragonfly.sim.scenario.Scenario;

/// When the last host could be complete at best, if bytes were a fluid:
/// `max(F/u_seed, F/d_min, N F/(u_seed + sum u))`, and the thin links' own.
final class Bound {
    private Bound() {}

    static double seconds(Scenario scenario) {
        double bits = scenario.bytes() * 8 / 1e6;
        double seed = scenario.supernodes().stream().mapToDouble(Double::doubleValue).sum();
        double up = seed;
        double bound = Math.max(bits / seed, bits / scenario.origin());
        for (HostClass hosts : scenario.hosts()) {
            up += hosts.count() * hosts.up();
            if (!hosts.traits().mayFail() && hosts.count() > 0) {
                double down = hosts.down();
                if (hosts.traits().limitMbit() > 0) {
                    down = Math.min(down, hosts.traits().limitMbit());
                }
                if (hosts.traits().diskMbit() > 0) {
                    down = Math.min(down, hosts.traits().diskMbit());
                }
                bound = Math.max(bound, bits / down);
            }
        }
        bound = Math.max(bound, bits * scenario.peers() / up);
        for (double mbit : scenario.thin().values()) {
            bound = Math.max(bound, bits / mbit);
        }
        return bound;
    }
}
