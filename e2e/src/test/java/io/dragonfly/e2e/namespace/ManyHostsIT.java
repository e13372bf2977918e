// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Bed;
import io.dragonfly.e2e.Footprint;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.NeedsRoot;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Swarm;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

/// Eight hosts want the same file at the same time.
@ExtendWith(NeedsRoot.class)
final class ManyHostsIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final long MB = 1_000_000;

    /// Bytes, whatever the file's length.
    private static final long MOST_ANONYMOUS = 256 << 20;

    private static SwarmOfHosts hosts;

    @BeforeAll
    static void start() {
        hosts =
                new SwarmOfHosts(LAB, Bed.Family.IPV4)
                        .withSupernodes(1)
                        .withDaemons(SwarmOfHosts.DAEMONS);
    }

    @ParameterizedTest
    @CsvSource({"0, empty", "1, one", "1000000, mega", "30000000, unknown/length"})
    void everyHostGetsTheFileAndTheOriginSendsItOnce(long length, String path) {
        Nginx.File file = hosts.origin.file(path, length, length);

        hosts.assertAllGet(file, Duration.ofMinutes(1));

        hosts.assertOriginSent(file, 1.02);
    }

    @Test
    void theSupernodeSendsALargeFileAtMostTwice() {
        assertSpread("200M", 200 * MB, Duration.ofMinutes(2));
    }

    @Test
    @EnabledIfSystemProperty(named = "e2e.full", matches = "|true")
    void theSupernodeSendsAVeryLargeFileAtMostTwiceAndNobodyNeedsMuchMemory() {
        try (Footprint.Peak seed = new Footprint.Peak(hosts.supernode().process());
                Footprint.Peak peer = new Footprint.Peak(hosts.daemons.getFirst().process())) {
            assertSpread("3G", 3000 * MB, Duration.ofMinutes(30));
            System.out.printf(
                    "anonymous memory at its most: supernode %d MiB, daemon %d MiB%n",
                    seed.most() >> 20, peer.most() >> 20);
            assertThat(seed.most()).as("of the supernode").isLessThan(MOST_ANONYMOUS);
            assertThat(peer.most()).as("of a daemon").isLessThan(MOST_ANONYMOUS);
        }
    }

    private static void assertSpread(String name, long length, Duration limit) {
        Nginx.File file = hosts.origin.file(name, length, length);
        Swarm.Supernode supernode = hosts.supernode();
        long before = hosts.bed.sent(supernode.host());

        hosts.assertAllGet(file, limit);

        hosts.assertOriginSent(file, 1.02);
        assertThat(hosts.bed.sent(supernode.host()) - before)
                .as("bytes that left the supernode's host")
                .isBetween(length, 2 * length);
    }
}
