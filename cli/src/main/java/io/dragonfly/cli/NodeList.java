// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import io.dragonfly.core.model.HostPort;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Supernodes as v1 wrote them: `host[:port][=weight]`, separated by commas.
public final class NodeList {
    /// Port of a supernode's API and control streams.
    public static final int DEFAULT_PORT = 8002;

    /// Where a supernode is when nobody says where: on one machine nothing needs to be configured.
    public static final HostPort LOCAL = new HostPort("127.0.0.1", DEFAULT_PORT);

    private static final int MAX_NODES = 100;

    private NodeList() {}

    private record Weighted(HostPort node, int weight) {}

    /// The nodes in the order they are tried: highest weight first, else as given. All hosts with
    /// the same list then use the same supernode, and the origin is read once.
    ///
    /// @throws IllegalArgumentException with a message for users
    public static List<HostPort> parse(List<String> texts) {
        if (texts.isEmpty()) {
            return List.of();
        }
        List<Weighted> nodes = new ArrayList<>();
        for (String text : texts) {
            for (String item : text.split(",")) {
                if (!item.isBlank()) {
                    nodes.add(node(item.strip()));
                }
            }
        }
        if (nodes.size() > MAX_NODES) {
            throw new IllegalArgumentException("more than " + MAX_NODES + " supernodes");
        }
        nodes.sort(Comparator.comparingInt(Weighted::weight).reversed());
        List<HostPort> sorted = new ArrayList<>(nodes.size());
        for (Weighted weighted : nodes) {
            if (!sorted.contains(weighted.node())) {
                sorted.add(weighted.node());
            }
        }
        return List.copyOf(sorted);
    }

    private static Weighted node(String item) {
        int equals = item.lastIndexOf('=');
        String address = equals < 0 ? item : item.substring(0, equals);
        int weight = 1;
        try {
            if (equals >= 0) {
                weight = Integer.parseInt(item.substring(equals + 1));
            }
        } catch (NumberFormatException _) {
            weight = -1;
        }
        if (weight < 0 || address.isEmpty() || address.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    "'" + item + "' is not a supernode: write host[:port][=weight]");
        }
        return new Weighted(HostPort.parse(address, DEFAULT_PORT), weight);
    }
}
