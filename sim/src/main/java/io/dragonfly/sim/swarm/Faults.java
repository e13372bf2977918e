// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.sim.engine.Timeline;
import io.dragonfly.sim.network.Flow;
import io.dragonfly.sim.scenario.Fault;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Makes the faults of a scenario happen.
final class Faults {
    private final World world;
    private final Timeline timeline;
    private final SplittableRandom random;

    Faults(World world, SplittableRandom random) {
        this.world = world;
        this.timeline = world.timeline();
        this.random = random;
    }

    void plan() {
        for (Fault fault : world.scenario().faults()) {
            at(fault.atSeconds(), () -> happen(fault));
        }
    }

    private void at(double seconds, Runnable action) {
        timeline.at(Math.round(seconds * 1e9), action);
    }

    private void after(double seconds, Runnable action) {
        timeline.after(Math.round(seconds * 1e9), action);
    }

    private void happen(Fault fault) {
        switch (fault) {
            case Fault.Crash f -> drawn(f.share()).forEach(h -> crash(h, f.backAfterSeconds()));
            case Fault.Churn f -> drawn(f.share()).forEach(h -> churn(h, f));
            case Fault.Stall f -> drawn(f.share()).forEach(h -> stall(h, f.forSeconds()));
            case Fault.StallHost f -> stall(world.hosts().get(f.host()), f.forSeconds());
            case Fault.ConnectionsBreak f -> breakConnections(f);
            case Fault.Partition f -> partition(f);
            case Fault.SupernodeDies f -> {
                SimSupernode supernode = world.supernodes().get(f.supernode());
                supernode.die();
                if (f.backAfterSeconds() > 0) {
                    after(f.backAfterSeconds(), () -> supernode.revive(world.watch(f.supernode())));
                }
            }
            case Fault.SupernodeStalls f -> {
                SimSupernode supernode = world.supernodes().get(f.supernode());
                supernode.stall(true);
                after(f.forSeconds(), () -> supernode.stall(false));
            }
            case Fault.OriginStalls f -> {
                world.origin().stall(true);
                after(f.forSeconds(), () -> world.origin().stall(false));
            }
            case Fault.OriginFails f -> {
                world.origin().fail(true);
                after(f.forSeconds(), () -> world.origin().fail(false));
            }
            case Fault.OriginChanges f -> world.origin().change(f.content());
        }
    }

    /// A share of all hosts, at least one where the share is not 0.
    private List<SimHost> drawn(double share) {
        List<SimHost> all = new ArrayList<>(world.hosts());
        int count = (int) Math.min(all.size(), Math.max(1, Math.round(all.size() * share)));
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(all.size() - i);
            SimHost swapped = all.get(other);
            all.set(other, all.get(i));
            all.set(i, swapped);
        }
        return all.subList(0, share > 0 ? count : 0);
    }

    private void crash(SimHost host, double backAfterSeconds) {
        if (!host.running()) {
            return;
        }
        if (backAfterSeconds > 0) {
            host.crash();
            after(backAfterSeconds, host::back);
        } else {
            host.leaveForEver();
        }
    }

    private void churn(SimHost host, Fault.Churn f) {
        double seconds = -Math.log(1 - random.nextDouble()) * f.everySeconds();
        after(
                seconds,
                () -> {
                    if (timeline.now() < f.untilSeconds() * 1e9) {
                        crash(host, f.backAfterSeconds());
                        churn(host, f);
                    }
                });
    }

    private void stall(SimHost host, double seconds) {
        if (host.responds()) {
            host.stall(true);
            after(seconds, () -> host.stall(false));
        }
    }

    private void breakConnections(Fault.ConnectionsBreak f) {
        if (timeline.now() > f.untilSeconds() * 1e9) {
            return;
        }
        double step = 0.05;
        for (SimHost host : world.hosts()) {
            for (SimDownload download : host.downloads()) {
                SimSession session = download.session();
                if (session != null) {
                    for (Flow flow : session.flowsNow()) {
                        if (random.nextDouble() < f.perSecond() * step) {
                            session.broken(flow, FailureReason.CLOSED);
                        }
                    }
                }
            }
        }
        after(step, () -> breakConnections(f));
    }

    private void partition(Fault.Partition f) {
        world.cut(f.idc(), true);
        for (SimHost host : world.hosts()) {
            boolean inside = host.place().idc().equals(f.idc());
            for (SimDownload download : host.downloads()) {
                SimSession session = download.session();
                if (session != null) {
                    session.cutOff(host.place().idc(), f.idc());
                }
            }
            if (inside) {
                for (SimStream stream : List.copyOf(host.streams())) {
                    stream.close();
                    timeline.after(
                            World.DEAD_NANOS,
                            () -> {
                                stream.supernode.whenRunning(
                                        () -> stream.supernode.streamLost(stream));
                                host.streamLost(stream);
                            });
                }
            }
        }
        after(f.forSeconds(), () -> world.cut(f.idc(), false));
    }
}
