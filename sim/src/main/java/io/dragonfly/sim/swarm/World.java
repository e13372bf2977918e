// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import static java.util.Objects.requireNonNull;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.SchedulerSettings;
import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.engine.Dice;
import io.dragonfly.sim.engine.Timeline;
import io.dragonfly.sim.network.Flow;
import io.dragonfly.sim.network.Line;
import io.dragonfly.sim.network.Uplink;
import io.dragonfly.sim.policy.Policy;
import io.dragonfly.sim.scenario.Conditions;
import io.dragonfly.sim.scenario.HostClass;
import io.dragonfly.sim.scenario.Scenario;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/// All there is in one run: time, links, origin, supernodes, hosts.
public final class World {
    private static final long AUDIT_EVENTS = 10_000;

    /// A stream without a sign of life for so long is dead.
    static final long DEAD_NANOS = 15_000_000_000L;

    private final Timeline timeline = new Timeline();
    private final Scenario scenario;
    private final Dice dice;
    private final SplittableRandom weights;
    private final SplittableRandom waits;
    private final SimOrigin origin;
    private final List<SimSupernode> supernodes = new ArrayList<>();
    private final List<SimHost> hosts = new ArrayList<>();
    private final Map<PeerId, SimHost> byId = new HashMap<>();
    private final Map<String, Line> thin = new LinkedHashMap<>();
    private final Map<String, Boolean> partitions = new HashMap<>();
    private final BiFunction<SchedulerSettings, RandomGenerator, Policy> policies;
    private final Policy cutting;
    private int unfinished;
    private int policiesMade;
    private long auditAt = AUDIT_EVENTS;

    /// @param policies makes the policy of a supernode
    public World(
            Scenario scenario,
            long seed,
            BiFunction<SchedulerSettings, RandomGenerator, Policy> policies) {
        this.scenario = scenario;
        this.dice = new Dice(seed);
        this.weights = dice.of("weights");
        this.waits = dice.of("waits");
        scenario.thin().keySet().stream()
                .sorted()
                .forEach(idc -> thin.put(idc, new Line(requireNonNull(scenario.thin().get(idc)))));
        this.policies = policies;
        this.cutting = policies.apply(conditions().scheduler(), dice.of("cutting"));
        this.origin = new SimOrigin(this, dice.of("contents"));
        for (int s = 0; s < scenario.supernodes().size(); s++) {
            supernodes.add(new SimSupernode(this, s, watch(s)));
        }
        SplittableRandom arrivals = dice.of("arrivals");
        for (HostClass hostClass : scenario.hosts()) {
            for (int i = 0; i < hostClass.count(); i++) {
                SimHost host = new SimHost(this, hosts.size(), hostClass);
                hosts.add(host);
                byId.put(host.id(), host);
                double at =
                        hostClass.fromSeconds() + arrivals.nextDouble() * hostClass.withinSeconds();
                timeline.at(Math.round(at * 1e9), host::arrive);
            }
        }
        unfinished = hosts.size();
        new Faults(this, dice.of("faults")).plan();
    }

    /// A policy that knows nothing yet, for the start of a supernode.
    Watch watch(int supernode) {
        SplittableRandom random = dice.of("policy " + supernode + " " + policiesMade++);
        return new Watch(policies.apply(conditions().scheduler(), random));
    }

    Geometry geometry(long length) {
        return cutting.geometry(length);
    }

    /// Whether blocks are sent of ranges that are not complete.
    boolean cutThrough() {
        return cutting.cutThrough();
    }

    public Timeline timeline() {
        return timeline;
    }

    public Scenario scenario() {
        return scenario;
    }

    Conditions conditions() {
        return scenario.conditions();
    }

    public List<SimHost> hosts() {
        return hosts;
    }

    public List<SimSupernode> supernodes() {
        return supernodes;
    }

    public SimOrigin origin() {
        return origin;
    }

    public Map<String, Line> thin() {
        return thin;
    }

    /// For waits of a random length.
    RandomGenerator waits() {
        return waits;
    }

    /// Hosts that are neither complete nor failed.
    public int unfinished() {
        return unfinished;
    }

    void finished() {
        unfinished--;
    }

    /// Who serves blocks of the version under this name, as a peer of `supernode` sees it; null
    /// where nobody does.
    @Nullable BlockHolder holder(
            PeerId parent, @Nullable SimSupernode supernode, VersionId version) {
        if (parent.isSeed()) {
            return supernode == null ? null : supernode.swarm(version);
        }
        SimHost host = byId.get(parent);
        return host == null ? null : host.holder(version);
    }

    @Nullable SimHost host(PeerId id) {
        return byId.get(id);
    }

    /// The way from a host (null: from a supernode or the origin) to another.
    Flow.Path path(Uplink up, @Nullable SimHost from, SimHost to) {
        String idc = to.place().idc();
        boolean inside = from != null && from.place().idc().equals(idc);
        double unfairness = conditions().network().unfairness();
        double weight = unfairness == 0 ? 1 : 1 - weights.nextDouble() * unfairness;
        long latency = conditions().network().latencyNanos();
        return new Flow.Path(up, inside ? null : thin.get(idc), to.down(), latency, weight);
    }

    boolean cut(SimHost a, @Nullable SimHost b) {
        String left = a.place().idc();
        String right = b == null ? "" : b.place().idc();
        return !left.equals(right) && (isCut(left) || isCut(right));
    }

    boolean isCut(String idc) {
        return partitions.getOrDefault(idc, false);
    }

    void cut(String idc, boolean now) {
        partitions.put(idc, now);
    }

    /// Counts everything again, the less often the more there is of it.
    private void audit() {
        auditAt = timeline.events() + Math.max(AUDIT_EVENTS, 100L * hosts.size());
        for (SimSupernode supernode : supernodes) {
            BrokenInvariant.unless(
                    supernode.bounded(hosts.size()), "a supernode remembers more than there is");
        }
        int left = 0;
        for (SimHost host : hosts) {
            left += host.audited(supernodes.size()) ? 0 : 1;
        }
        BrokenInvariant.unless(left == unfinished, "%d hosts left, not %d", left, unfinished);
    }

    /// Runs until all hosts are complete or failed, or the deadline comes.
    ///
    /// @return whether something is left to do
    public boolean run() {
        long deadline = Math.round(conditions().deadlineSeconds() * 1e9);
        while (unfinished > 0 && timeline.now() <= deadline) {
            if (!timeline.step()) {
                break;
            }
            if (timeline.events() == auditAt) {
                audit();
            }
        }
        audit();
        return unfinished > 0;
    }
}
