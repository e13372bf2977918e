// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.NeedsRoot;
import io.dragonfly.e2e.Site;
import io.dragonfly.e2e.bench.Links;
import io.dragonfly.e2e.bench.Topology;
import io.dragonfly.e2e.faults.FaultyRun;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// Six hosts get a file while daemons and supernode are killed or stopped, links vanish, and disks
/// are full or lie.
@ExtendWith(NeedsRoot.class)
final class FaultsIT {
    private static final int PEERS = 6;
    private static final long BYTES = 40_000_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everyHostGetsTheFileWhateverHappens(long seed) throws IOException {
        Topology topology = new Topology(80, 80, Links.equal(PEERS, 20), List.of());

        List<String> failures = play(topology, seed);

        assertThat(failures)
                .as(
                        "seed %d; again: bench/swarm --peers 6 --peer-mbit 20 --origin-mbit 80"
                                + " --size 40M --faults %d",
                        seed, seed)
                .isEmpty();
    }

    private static List<String> play(Topology topology, long seed) throws IOException {
        Site site = new Site();
        site.open();
        boolean well = false;
        try {
            List<String> failures =
                    FaultyRun.play(
                            site, topology, BYTES, new SplittableRandom(seed), System.out::println);
            well = failures.isEmpty();
            return failures;
        } finally {
            if (!well) {
                site.keepLogs(Path.of("target", "e2e-logs", "FaultsIT-" + seed));
            }
            site.end();
        }
    }
}
