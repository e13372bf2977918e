// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is joined by what, as data. Rates are in Mbit/s (10^6 bits) with all headers, as the links
/// of the bed have them.
///
/// @param origin rate of the origin's link, each way
/// @param supernode rate of the supernode's link, each way
/// @param zones networks behind a thin link; empty where all hosts are at one switch
public record Topology(double origin, double supernode, List<Peer> peers, List<Zone> zones) {
    /// Of a full Ethernet frame of 1514 bytes, 1448 are content: the rest are the headers of
    /// Ethernet, IPv4 and TCP with timestamps.
    static final double CONTENT_SHARE = 1448.0 / 1514;

    /// @param group peers with equal links, for the reader
    /// @param down rate of what it receives
    /// @param up rate of what it sends
    /// @param zone name of its network, or empty
    public record Peer(String group, double down, double up, String zone) {}

    /// @param link rate of the link to all others, each way
    public record Zone(String name, double link) {}

    public Topology {
        peers = List.copyOf(peers);
        zones = List.copyOf(zones);
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("a swarm needs at least one peer");
        }
        if (origin <= 0 || supernode <= 0) {
            throw new IllegalArgumentException("a rate must be above 0");
        }
    }

    /// The least seconds in which all peers can have a file, whoever sends what to whom: what the
    /// narrowest link takes, or what all uplinks together take.
    public double bound(long bytes) {
        double source = Math.min(origin, supernode);
        double uplinks = source + peers.stream().mapToDouble(Peer::up).sum();
        double seconds = Math.max(seconds(bytes, source), peers.size() * seconds(bytes, uplinks));
        for (Peer peer : peers) {
            seconds = Math.max(seconds, ownBound(peer, bytes));
        }
        return seconds;
    }

    /// The least seconds in which one peer can have a file: what its narrowest link takes.
    public double ownBound(Peer peer, long bytes) {
        double link =
                zones.stream()
                        .filter(zone -> zone.name().equals(peer.zone()))
                        .mapToDouble(Zone::link)
                        .min()
                        .orElse(peer.down());
        double source = Math.min(origin, supernode);
        return seconds(bytes, Math.min(source, Math.min(link, peer.down())));
    }

    /// The bound of the slowest peer of each group.
    public Map<String, Double> groupBounds(long bytes) {
        Map<String, Double> bounds = new LinkedHashMap<>();
        for (Peer peer : peers) {
            bounds.merge(peer.group(), ownBound(peer, bytes), Math::max);
        }
        return Collections.unmodifiableMap(bounds);
    }

    /// The same bed with the slowest of its peers alone.
    public Topology single() {
        Peer slowest = peers.getFirst();
        for (Peer peer : peers) {
            if (ownBound(peer, 1) > ownBound(slowest, 1)) {
                slowest = peer;
            }
        }
        return new Topology(origin, supernode, List.of(slowest), zones);
    }

    /// The same with so many of the uplinks at a tenth of their rate, spread evenly.
    Topology withSlowUplinks(int count) {
        if (count < 0 || count > peers.size()) {
            throw new IllegalArgumentException(
                    "%d slow uplinks among %d peers".formatted(count, peers.size()));
        }
        List<Peer> all = new ArrayList<>(peers);
        for (int i = 0; i < count; i++) {
            int at = i * all.size() / count;
            Peer peer = all.get(at);
            all.set(
                    at,
                    new Peer(peer.group() + "-slow-up", peer.down(), peer.up() / 10, peer.zone()));
        }
        return new Topology(origin, supernode, all, zones);
    }

    private static double seconds(long bytes, double mbit) {
        return 8.0 * bytes / (mbit * 1e6 * CONTENT_SHARE);
    }
}
