// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Hosts on one machine: network namespaces, each with one address, joined by a bridge in a
/// namespace of its own, so that the machine's own network is not touched. Some of them may be
/// behind a link of their own. Needs root.
public final class Bed {
    /// Names are `dfe2e-PID-NAME`: what a killed run left is known by a PID that runs no more.
    private static final String PREFIX = "dfe2e-";

    private static final int MAX_HOSTS = 200;

    /// What every kernel has and every namespace may use, so that results of different machines can
    /// be compared; some have BBR as their default.
    private static final String CONGESTION_CONTROL = "net.ipv4.tcp_congestion_control=reno";

    private final String prefix = PREFIX + ProcessHandle.current().pid() + "-";
    private final String hub = prefix + "hub";
    private final List<String> namespaces = new ArrayList<>();

    /// By the namespace of a host, the one whose bridge it is at.
    private final Map<String, String> switches = new HashMap<>();

    private final Family family;

    /// A network of its own whose hosts reach the others, and are reached, through one link.
    ///
    /// @param port of the hub that the link is at
    public record Zone(String namespace, String port) {}

    /// The one kind of addresses that the hosts of a bed have.
    public enum Family {
        IPV4,
        IPV6
    }

    /// Makes an empty bed that is gone when the site is.
    public Bed(Site site, Family family) {
        this.family = family;
        removeLeftovers();
        site.atEnd(this::remove);
        addSwitch(hub);
    }

    /// Adds a network behind a link that carries so much in each direction.
    ///
    /// @param rate as `tc` has it
    public Zone zone(String name, String rate) {
        int number = nextNumber();
        Zone zone = new Zone(prefix + name, "v" + number);
        addSwitch(zone.namespace());
        connect(zone.namespace(), "uplink", hub, zone.port());
        Command.must("ip -n %s link set uplink master hub".formatted(zone.namespace()));
        limit(zone.namespace(), "uplink", rate);
        limit(hub, zone.port(), rate);
        return zone;
    }

    /// Adds a host.
    public Host host(String name) {
        return host(name, hub);
    }

    /// Adds a host of a network behind a link.
    public Host host(String name, Zone zone) {
        return host(name, zone.namespace());
    }

    private Host host(String name, String bridge) {
        int number = nextNumber();
        String namespace = prefix + name;
        addNamespace(namespace);
        switches.put(namespace, bridge);
        connect(namespace, "eth0", bridge, "v" + number);
        String address = family == Family.IPV4 ? "10.77.0." + number : "fd77::" + number;
        // nodad: an IPv6 address would be of no use for its first second.
        String rest = family == Family.IPV4 ? "/24 dev eth0" : "/64 dev eth0 nodad";
        Command.must("ip -n %s address add %s%s".formatted(namespace, address, rest));
        return new Host(namespace, address);
    }

    /// Limits what a host sends and what it receives, from now on.
    ///
    /// @param sends a rate as `tc` has it, such as `100mbit`
    public void shape(Host host, String sends, String receives) {
        limit(host.namespace(), "eth0", sends);
        limit(bridgeOf(host), portOf(host), receives);
    }

    /// Ends the limits of a host.
    public void unshape(Host host) {
        Command.must("tc -n %s qdisc del dev eth0 root".formatted(host.namespace()));
        Command.must("tc -n %s qdisc del dev %s root".formatted(bridgeOf(host), portOf(host)));
    }

    /// From now on all that a host sends or should receive vanishes, and nobody is told; or no
    /// more.
    public void blackhole(Host host, boolean on) {
        // As the spanning tree protocol has it: 0 is a disabled port, 3 one that forwards.
        Command.must(
                "bridge -n %s link set dev %s state %d"
                        .formatted(bridgeOf(host), portOf(host), on ? 0 : 3));
    }

    /// Resets all TCP connections of a host.
    public void reset(Host host) {
        Command.must("ip netns exec %s ss -K -t".formatted(host.namespace()));
    }

    /// Bytes that a host has sent, as its interface counts them.
    public long sent(Host host) {
        return transmitted(host.namespace(), "eth0");
    }

    /// Bytes that went into a network behind a link, as the link's interface counts them.
    public long into(Zone zone) {
        return transmitted(hub, zone.port());
    }

    /// Bytes that came out of a network behind a link.
    public long outOf(Zone zone) {
        return transmitted(zone.namespace(), "uplink");
    }

    private static long transmitted(String namespace, String device) {
        String links = Command.must("ip -n %s -j -s link show %s".formatted(namespace, device));
        return Swarm.parsed(links).path(0).path("stats64").path("tx").path("bytes").asLong();
    }

    private String bridgeOf(Host host) {
        return Objects.requireNonNull(switches.get(host.namespace()), "not a host of this bed");
    }

    private String portOf(Host host) {
        return "v" + namespaces.indexOf(host.namespace());
    }

    private int nextNumber() {
        int number = namespaces.size();
        if (number > MAX_HOSTS) {
            throw new IllegalStateException("more than " + MAX_HOSTS + " hosts and networks");
        }
        return number;
    }

    private void addSwitch(String namespace) {
        addNamespace(namespace);
        Command.must("ip -n " + namespace + " link add hub type bridge");
        Command.must("ip -n " + namespace + " link set hub up");
    }

    /// A cable from a device to a port of a bridge.
    private static void connect(String namespace, String device, String bridge, String port) {
        Command.must(
                "ip -n %s link add %s type veth peer name %s netns %s"
                        .formatted(namespace, device, port, bridge));
        Command.must("ip -n %s link set %s master hub".formatted(bridge, port));
        Command.must("ip -n %s link set %s up".formatted(bridge, port));
        Command.must("ip -n %s link set %s up".formatted(namespace, device));
    }

    private static void limit(String namespace, String device, String rate) {
        Command.must(
                "tc -n %s qdisc replace dev %s root tbf rate %s burst 128k latency 100ms"
                        .formatted(namespace, device, rate));
    }

    private void addNamespace(String namespace) {
        Command.must("ip netns add " + namespace);
        namespaces.add(namespace);
        Command.must("ip -n " + namespace + " link set lo up");
        Command.must("ip netns exec " + namespace + " sysctl -qw " + CONGESTION_CONTROL);
    }

    private void remove() {
        for (String namespace : namespaces) {
            remove(namespace);
        }
        namespaces.clear();
    }

    private static void remove(String namespace) {
        Command.run(List.of("ip", "netns", "pids", namespace))
                .text()
                .lines()
                .map(Long::valueOf)
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        var _ = Command.run(List.of("ip", "netns", "delete", namespace));
    }

    private static void removeLeftovers() {
        for (String line : Command.must("ip netns list").lines().toList()) {
            String name = line.split(" ")[0];
            if (name.matches(PREFIX + "[0-9]+-.*")) {
                String pid = name.substring(PREFIX.length(), name.indexOf('-', PREFIX.length()));
                if (ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    remove(name);
                }
            }
        }
    }
}
