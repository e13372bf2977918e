// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.scenario;

import io.dragonfly.core.model.Check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What is simulated, as data.
///
/// @param name one word with dashes
/// @param about one line for people
/// @param contents bytes of each; every host wants all of them
/// @param hosts who wants them
/// @param supernodes rate of each one's link, both ways, Mbit/s
/// @param origin rate of its link, Mbit/s
/// @param thin rate of the link into each IDC that has one, Mbit/s
/// @param conditions what holds for all
/// @param faults what goes wrong
public record Scenario(
        String name,
        String about,
        List<Long> contents,
        List<HostClass> hosts,
        List<Double> supernodes,
        double origin,
        Map<String, Double> thin,
        Conditions conditions,
        List<Fault> faults) {
    /// Enough for a run; a mistake in a scenario must not fill the memory.
    public static final int MAX_HOSTS = 200_000;

    public Scenario {
        contents = List.copyOf(contents);
        hosts = List.copyOf(hosts);
        supernodes = List.copyOf(supernodes);
        thin = Map.copyOf(thin);
        faults = List.copyOf(faults);
        Check.argument(!contents.isEmpty() && !hosts.isEmpty(), "%s: nobody wants anything", name);
        Check.argument(!supernodes.isEmpty(), "%s: no supernode", name);
        Check.argument(count(hosts) <= MAX_HOSTS, "%s: at most %d hosts", name, MAX_HOSTS);
    }

    /// One content for hosts that are all there at once, one supernode, an origin as fast as that.
    public static Scenario of(
            String name, String about, long length, List<HostClass> hosts, double seed) {
        return new Scenario(
                name,
                about,
                List.of(length),
                hosts,
                List.of(seed),
                seed,
                Map.of(),
                Conditions.DEFAULT,
                List.of());
    }

    public int peers() {
        return count(hosts);
    }

    private static int count(List<HostClass> hosts) {
        return hosts.stream().mapToInt(HostClass::count).sum();
    }

    /// Bytes that a host wants in all.
    public long bytes() {
        return contents.stream().mapToLong(Long::longValue).sum();
    }

    public Scenario with(Conditions other) {
        return new Scenario(name, about, contents, hosts, supernodes, origin, thin, other, faults);
    }

    public Scenario with(Fault... more) {
        List<Fault> all = new ArrayList<>(faults);
        all.addAll(List.of(more));
        return new Scenario(
                name, about, contents, hosts, supernodes, origin, thin, conditions, all);
    }

    public Scenario supernodes(Double... mbit) {
        return new Scenario(
                name, about, contents, hosts, List.of(mbit), origin, thin, conditions, faults);
    }

    public Scenario origin(double mbit) {
        return new Scenario(
                name, about, contents, hosts, supernodes, mbit, thin, conditions, faults);
    }

    public Scenario thin(Map<String, Double> mbit) {
        return new Scenario(
                name,
                about,
                contents,
                hosts,
                supernodes,
                origin,
                new TreeMap<>(mbit),
                conditions,
                faults);
    }

    public Scenario contents(List<Long> lengths) {
        return new Scenario(
                name, about, lengths, hosts, supernodes, origin, thin, conditions, faults);
    }

    /// The same with another number of hosts, the classes in about the same proportion.
    public Scenario peers(int number) {
        Check.argument(number >= 1, "at least one host: %d", number);
        List<HostClass> scaled = new ArrayList<>();
        long before = 0;
        int given = 0;
        for (HostClass hosts : this.hosts) {
            before += hosts.count();
            int upTo = (int) (before * number / peers());
            scaled.add(hosts.times(upTo - given));
            given = upTo;
        }
        return new Scenario(
                name, about, contents, scaled, supernodes, origin, thin, conditions, faults);
    }
}
