// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import io.dragonfly.core.model.Check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// When the last host could be complete at best, if bytes were a fluid and everybody knew
/// everything: no schedule beats it, and not every one can be reached.
///
/// The largest of: reading the content once at the origin; sending it once out of the supernodes;
/// each host's own link in; what all want over all that can send; and for each IDC behind a thin
/// link the content once through that link, and what its hosts want over what the link and they
/// themselves can send. Who arrives later cannot be sent anything before. Faults are not counted,
/// nor headers, latency and control messages.
///
/// @param bytes that each host wants, of all contents together
/// @param hosts each one
/// @param supernodes rate of each one's link out, Mbit/s; they stand outside of all IDCs
/// @param origin rate of its link, Mbit/s; 0 for any
/// @param thin rate of the link into each IDC that has one, Mbit/s
public record FluidBound(
        long bytes,
        List<Host> hosts,
        List<Double> supernodes,
        double origin,
        Map<String, Double> thin) {
    private static final double BITS_OF_MBIT = 1e6;

    /// @param up rate of the link out, Mbit/s; 0 for one that serves nobody
    /// @param down rate at which it can take bytes in, Mbit/s
    /// @param idc where it is; empty for nowhere in particular
    /// @param arrivalSeconds when it wants the content
    public record Host(double up, double down, String idc, double arrivalSeconds) {
        public Host {
            Check.argument(up >= 0 && down > 0, "a host needs a link in");
        }
    }

    public FluidBound {
        hosts = List.copyOf(hosts);
        supernodes = List.copyOf(supernodes);
        thin = Map.copyOf(thin);
        Check.argument(!hosts.isEmpty() && !supernodes.isEmpty(), "nobody to send or to take");
    }

    /// How long a link alone takes for `bytes`.
    public static double own(long bytes, double mbit) {
        return bytes * 8 / BITS_OF_MBIT / mbit;
    }

    /// From the first arrival to the last host's completion.
    public double seconds() {
        double first = Double.MAX_VALUE;
        for (Host host : hosts) {
            first = Math.min(first, host.arrivalSeconds);
        }
        double sources = 0;
        for (double supernode : supernodes) {
            sources += supernode;
        }
        double bound = Math.max(own(bytes, sources), origin > 0 ? own(bytes, origin) : 0);
        for (Host host : hosts) {
            bound = Math.max(bound, host.arrivalSeconds - first + own(bytes, host.down));
        }
        bound = Math.max(bound, shared(hosts, sources, first));
        for (Map.Entry<String, Double> link : new TreeMap<>(thin).entrySet()) {
            List<Host> inside = hosts.stream().filter(h -> h.idc.equals(link.getKey())).toList();
            if (!inside.isEmpty()) {
                bound = Math.max(bound, behind(inside, link.getValue(), first));
            }
        }
        return bound;
    }

    private double behind(List<Host> inside, double link, double first) {
        double earliest = Double.MAX_VALUE;
        for (Host host : inside) {
            earliest = Math.min(earliest, host.arrivalSeconds);
        }
        return Math.max(earliest - first + own(bytes, link), shared(inside, link, first));
    }

    /// What those want who arrive at some time or later, over all that can send to them.
    private double shared(List<Host> takers, double sources, double first) {
        double up = sources;
        for (Host host : takers) {
            up += host.up;
        }
        List<Host> latest = new ArrayList<>(takers);
        latest.sort(Comparator.comparingDouble(Host::arrivalSeconds).reversed());
        double bound = 0;
        for (int i = 0; i < latest.size(); i++) {
            double since = latest.get(i).arrivalSeconds - first;
            bound = Math.max(bound, since + own(bytes, up) * (i + 1));
        }
        return bound;
    }
}
