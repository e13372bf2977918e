// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.NeedsRoot;
import io.dragonfly.e2e.Site;
import io.dragonfly.e2e.bench.Links;
import io.dragonfly.e2e.bench.Topology;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/// The shortest soak that kills more than one daemon.
@ExtendWith(NeedsRoot.class)
final class SoakIT {
    private static final Duration TIME = Duration.ofSeconds(30);

    @Test
    void hostsThatComeAndGoFailNoDownload() throws IOException {
        Topology topology = new Topology(200, 200, Links.equal(4, 50), List.of());
        Site site = new Site();
        site.open();
        boolean well = false;
        try {
            // A file takes about as long as the next one is away: most deaths are in a download.
            Soak.Pace pace = new Soak.Pace(10_000_000, 3, 2);
            Soak soak =
                    new Soak(site, topology, pace, new SplittableRandom(1), System.out::println);

            List<Minute> minutes = soak.run(TIME, System.out::println);

            assertThat(soak.died()).isEmpty();
            assertThat(soak.failures()).isZero();
            assertThat(minutes.stream().mapToInt(Minute::downloads).sum()).isPositive();
            assertThat(minutes.stream().mapToInt(Minute::interrupted).sum()).isPositive();
            well = true;
        } finally {
            if (!well) {
                site.keepLogs(Path.of("target", "e2e-logs", "SoakIT"));
            }
            site.end();
        }
    }
}
