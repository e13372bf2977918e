// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Bed;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.NeedsRoot;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.Wait;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.List;

/// IPv6 and nothing else; later with a host among them that nobody can dial.
@ExtendWith(NeedsRoot.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OtherNetworksIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final long MB = 1_000_000;
    private static final String NOBODYS_ADDRESS = "fd77::dead";

    private static SwarmOfHosts hosts;

    @BeforeAll
    static void start() {
        hosts =
                new SwarmOfHosts(LAB, Bed.Family.IPV6)
                        .withSupernodes(1)
                        .withDaemons(SwarmOfHosts.DAEMONS);
    }

    @Test
    @Order(1)
    void ipv6AloneIsEnough() {
        Nginx.File file = hosts.origin.file("ipv6", 61, 60 * MB);
        long before = hosts.bed.sent(hosts.supernode().host());

        hosts.assertAllGet(file, Duration.ofMinutes(2));

        hosts.assertOriginSent(file, 1.02);
        assertThat(hosts.bed.sent(hosts.supernode().host()) - before)
                .as("bytes that left the supernode's host")
                .isLessThanOrEqualTo(2 * file.length());
    }

    @Test
    @Order(2)
    void aHostThatCannotBeDialledDownloadsAndIsNotOffered() {
        Nginx.File file = hosts.origin.file("undialled", 62, 60 * MB);
        Nginx.File small = hosts.origin.file("small", 63, 1000);
        Swarm.Daemon undialled = hosts.daemon("hidden", "--advertise", NOBODYS_ADDRESS);
        // A daemon connects when it has something to ask for.
        SwarmOfHosts.assertRight(
                hosts.swarm.downloads(List.of(undialled), small.url(), "small").getFirst(), small);
        Wait.until(
                "the supernode tells that it cannot dial it",
                Duration.ofSeconds(30),
                () -> hosts.supernode().process().errText().contains("cannot be dialled"));

        List<Swarm.Ended> all = hosts.assertAllGet(file, Duration.ofMinutes(2));

        assertThat(hosts.daemons.getLast()).isSameAs(undialled);
        assertThat(all)
                .hasSize(SwarmOfHosts.DAEMONS + 1)
                .allSatisfy(ended ->
                        assertThat(
                                        Swarm.event(ended.process(), "done")
                                                .orElseThrow()
                                                .path("parents")
                                                .fieldNames())
                                .toIterable()
                                .isNotEmpty()
                                .noneMatch(parent -> parent.contains(NOBODYS_ADDRESS)));
        hosts.assertOriginSent(file, 1.02);
    }

    @Test
    @Order(3)
    void aDaemonThatIsStoppedIsGoneFromTheSupernodesList() {
        int before = hosts.supernode().peers();

        assertThat(hosts.daemons.getFirst().process().stop(Duration.ofSeconds(20))).isZero();

        hosts.supernode().awaitPeers(before - 1);
    }
}
