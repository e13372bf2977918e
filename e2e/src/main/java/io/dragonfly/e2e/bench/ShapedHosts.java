// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import io.dragonfly.e2e.Bed;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Site;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A topology as hosts of a bed.
public final class ShapedHosts {
    private final Topology topology;
    private final Bed bed;
    private final Host origin;
    private final Host supernode;
    private final List<Host> peers = new ArrayList<>();
    private final Map<String, Bed.Zone> zones = new LinkedHashMap<>();

    public ShapedHosts(Site site, Topology topology) {
        this.topology = topology;
        bed = new Bed(site, Bed.Family.IPV4);
        origin = bed.host("origin");
        supernode = bed.host("supernode");
        bed.shape(origin, rate(topology.origin()), rate(topology.origin()));
        bed.shape(supernode, rate(topology.supernode()), rate(topology.supernode()));
        for (Topology.Zone zone : topology.zones()) {
            zones.put(zone.name(), bed.zone(zone.name(), rate(zone.link())));
        }
        for (Topology.Peer peer : topology.peers()) {
            String name = "p" + peers.size();
            Bed.Zone zone = zones.get(peer.zone());
            Host host = zone == null ? bed.host(name) : bed.host(name, zone);
            peers.add(host);
            bed.shape(host, rate(peer.up()), rate(peer.down()));
        }
    }

    public Topology topology() {
        return topology;
    }

    public Bed bed() {
        return bed;
    }

    public Host origin() {
        return origin;
    }

    public Host supernode() {
        return supernode;
    }

    /// In the order of the topology.
    public List<Host> peers() {
        return peers;
    }

    /// Slows a peer's link down to a share of its rate; 1 is all of it.
    public void throttle(int peer, double share) {
        Topology.Peer link = topology.peers().get(peer);
        bed.shape(peers.get(peer), rate(link.up() * share), rate(link.down() * share));
    }

    /// What all interfaces have sent so far.
    public Counters counters() {
        Map<String, Long> into = new LinkedHashMap<>();
        Map<String, Long> outOf = new LinkedHashMap<>();
        zones.forEach((name, zone) -> into.put(name, bed.into(zone)));
        zones.forEach((name, zone) -> outOf.put(name, bed.outOf(zone)));
        return new Counters(
                bed.sent(origin),
                bed.sent(supernode),
                peers.stream().mapToLong(bed::sent).sum(),
                into,
                outOf);
    }

    private static String rate(double mbit) {
        return String.format(Locale.ROOT, "%.0fkbit", mbit * 1000);
    }
}
