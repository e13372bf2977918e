// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Bed;
import io.dragonfly.e2e.Command;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.NeedsRoot;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Wait;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The links of the bed do what they should.
@ExtendWith(NeedsRoot.class)
final class BedIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long BYTES = 5_000_000;

    private static Bed bed;
    private static Bed.Zone zone;
    private static Host inZone;
    private static Host other;
    private static Nginx origin;
    private static Nginx.File file;

    @BeforeAll
    static void start() {
        bed = new Bed(LAB, Bed.Family.IPV4);
        Host at = bed.host("origin");
        zone = bed.zone("idc", "20mbit");
        inZone = bed.host("inside", zone);
        other = bed.host("outside");
        origin = new Nginx(LAB, at);
        file = origin.file("f", 1, BYTES);
    }

    private static Running curl(Host host, String... more) {
        Path output = LAB.path("out-" + host.namespace());
        List<String> command =
                new ArrayList<>(List.of("curl", "-sf", "-o", output.toString(), file.url()));
        command.addAll(List.of(more));
        return LAB.start(host, "curl", command);
    }

    @Test
    void whatGoesIntoANetworkIsLimitedAndCounted() {
        long into = bed.into(zone);
        long outOf = bed.outOf(zone);
        long start = System.nanoTime();

        assertThat(curl(inZone).await(LIMIT)).isZero();

        // 5 MB at 20 Mbit/s are 2 s; the bucket's 128 kB are less than a tenth.
        assertThat(System.nanoTime() - start).isGreaterThan(1_800_000_000L);
        assertThat(bed.into(zone) - into).isBetween(BYTES, BYTES * 11 / 10);
        assertThat(bed.outOf(zone) - outOf).isLessThan(BYTES / 5);
    }

    @Test
    void whatStaysOutsideDoesNotPassTheNetworksLink() {
        long into = bed.into(zone);

        assertThat(curl(other).await(LIMIT)).isZero();

        assertThat(bed.into(zone) - into).isLessThan(BYTES / 10);
    }

    @Test
    void aHostInABlackHoleHearsNothingUntilItIsOver() {
        bed.blackhole(other, true);
        // 28: nothing came in time.
        assertThat(curl(other, "-m", "1").await(LIMIT)).isEqualTo(28);

        bed.blackhole(other, false);

        assertThat(curl(other).await(LIMIT)).isZero();
    }

    @Test
    void aResetEndsTheConnectionsOfThatHostOnly() {
        bed.shape(other, "1mbit", "1mbit");
        Running victim = curl(other);
        Running bystander = curl(inZone, "--limit-rate", "2M");
        Wait.until(
                "the victim is connected",
                LIMIT,
                () ->
                        Command.must("ip netns exec " + other.namespace() + " ss -Htn")
                                        .lines()
                                        .count()
                                > 0);

        bed.reset(other);

        // 56: receiving failed; 18: it ended too early.
        assertThat(victim.await(LIMIT)).isIn(56, 18);
        assertThat(bystander.await(LIMIT)).isZero();
        bed.unshape(other);
    }
}
