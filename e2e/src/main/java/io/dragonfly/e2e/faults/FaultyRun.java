// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.faults;

import io.dragonfly.e2e.Site;
import io.dragonfly.e2e.bench.Topology;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// A swarm with the faults that a seed chooses: the same for the command and for the test.
public final class FaultyRun {
    private static final int FAULTS = 8;

    /// Faults that fall into the end of the download are as good as others.
    private static final double SHARE_OF_BOUND = 1.1;

    /// What a peer's disk holds besides a copy and its output, where they are two.
    private static final long DISK_SLACK = 64_000_000;

    private static final Duration SLACK = Duration.ofSeconds(60);

    private FaultyRun() {}

    /// Plays one seed.
    ///
    /// @param random made from the seed
    /// @param log takes a line for each thing that happens
    /// @return what went wrong that must not
    public static List<String> play(
            Site site, Topology topology, long bytes, RandomGenerator random, Consumer<String> log)
            throws IOException {
        double bound = topology.bound(bytes);
        int peers = topology.peers().size();
        FaultPlan plan = FaultPlan.draw(random, peers, bound * SHARE_OF_BOUND, FAULTS);
        plan.events().forEach(event -> log.accept("planned: " + event));
        Duration limit = SLACK.plusMillis((long) (3000 * bound));
        FaultySwarm swarm = new FaultySwarm(site, topology, 2 * bytes + DISK_SLACK, plan, log);
        return swarm.play(bytes, 1, limit);
    }
}
