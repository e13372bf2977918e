// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.util.ArrayList;
import java.util.List;

/// Hosts on one machine: network namespaces, each with one address, joined by a bridge in a
/// namespace of its own, so that the machine's own network is not touched. Needs root.
public final class Bed {
    /// Names are `dfe2e-PID-NAME`: what a killed run left is known by a PID that runs no more.
    private static final String PREFIX = "dfe2e-";

    private static final int MAX_HOSTS = 200;

    private final String prefix = PREFIX + ProcessHandle.current().pid() + "-";
    private final String hub = prefix + "hub";
    private final List<String> namespaces = new ArrayList<>();
    private final Family family;

    /// The one kind of addresses that the hosts of a bed have.
    public enum Family {
        IPV4,
        IPV6
    }

    /// Makes an empty bed that is gone when the lab is.
    public Bed(Lab lab, Family family) {
        this.family = family;
        removeLeftovers();
        lab.atEnd(this::remove);
        addNamespace(hub);
        Command.must("ip -n " + hub + " link add hub type bridge");
        Command.must("ip -n " + hub + " link set hub up");
    }

    /// Adds a host.
    public Host host(String name) {
        int number = namespaces.size();
        if (number > MAX_HOSTS) {
            throw new IllegalStateException("more than " + MAX_HOSTS + " hosts");
        }
        String namespace = prefix + name;
        String link = "v" + number;
        addNamespace(namespace);
        Command.must(
                "ip -n %s link add eth0 type veth peer name %s netns %s"
                        .formatted(namespace, link, hub));
        Command.must("ip -n %s link set %s master hub".formatted(hub, link));
        Command.must("ip -n %s link set %s up".formatted(hub, link));
        Command.must("ip -n %s link set eth0 up".formatted(namespace));
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
        int number = namespaces.indexOf(host.namespace());
        limit(host.namespace(), "eth0", sends);
        limit(hub, "v" + number, receives);
    }

    /// Ends the limits of a host.
    public void unshape(Host host) {
        Command.must("tc -n %s qdisc del dev eth0 root".formatted(host.namespace()));
        Command.must(
                "tc -n %s qdisc del dev v%d root"
                        .formatted(hub, namespaces.indexOf(host.namespace())));
    }

    /// Bytes that a host has sent, headers included.
    public long sent(Host host) {
        String links = Command.must("ip -n " + host.namespace() + " -j -s link show eth0");
        return Swarm.parsed(links).path(0).path("stats64").path("tx").path("bytes").asLong();
    }

    private static void limit(String namespace, String device, String rate) {
        Command.must(
                "tc -n %s qdisc replace dev %s root tbf rate %s burst 512k latency 100ms"
                        .formatted(namespace, device, rate));
    }

    private void addNamespace(String namespace) {
        Command.must("ip netns add " + namespace);
        namespaces.add(namespace);
        Command.must("ip -n " + namespace + " link set lo up");
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
