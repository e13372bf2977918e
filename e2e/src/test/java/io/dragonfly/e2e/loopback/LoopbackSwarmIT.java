// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One supernode, four daemons and an origin, as processes of this machine.
final class LoopbackSwarmIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final int DAEMONS = 4;
    private static final Swarm SWARM = new Swarm(LAB);
    private static final List<Swarm.Daemon> daemons = new ArrayList<>();

    private static TestOrigin origin;
    private static Swarm.Supernode supernode;

    @BeforeAll
    static void start() throws IOException {
        origin = new TestOrigin();
        supernode = SWARM.supernode(Host.THIS, "sn");
        for (int i = 0; i < DAEMONS; i++) {
            daemons.add(SWARM.starting(Host.THIS, "d" + i, supernode.node(), "--ip", "127.0.0.1"));
        }
        daemons.forEach(SWARM::ready);
    }

    @AfterAll
    static void stop() {
        origin.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000_000, 20_000_000})
    void everyHostGetsTheFileAndTheOriginSendsItOnce(int length) {
        Content content = Content.random(1, length);
        String url = origin.serve("/known-" + length, Answers.honest(content));

        assertEveryCopyEquals(content, url, "known-" + length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9_000_000})
    void aFileOfUnknownLengthArrivesToo(int length) {
        Content content = Content.random(2, length);
        String url = origin.serve("/chunked-" + length, Answers.chunked(content, 10_000));

        assertEveryCopyEquals(content, url, "chunked-" + length);
    }

    @Test
    void aDaemonThatStopsLeavesTheSupernodesListAtOnce() {
        Swarm.Daemon leaver = SWARM.daemon(Host.THIS, "leaver", supernode.node());
        Content content = Content.random(3, 10_000);
        String url = origin.serve("/leaver", Answers.honest(content));
        assertThat(SWARM.downloads(List.of(leaver), url, "leaver").getFirst().status()).isZero();
        int before = supernode.peers();

        assertThat(leaver.process().stop(Duration.ofSeconds(20))).isZero();

        supernode.awaitPeers(before - 1);
    }

    private static void assertEveryCopyEquals(Content content, String url, String name) {
        long before = origin.bytesSent();

        for (Swarm.Ended ended : SWARM.downloads(daemons, url, name)) {
            assertThat(ended.status()).as("%s", ended.process()).isZero();
            assertThat(Digests.sha256(ended.output())).isEqualTo(content.sha256());
        }

        assertThat(origin.bytesSent() - before)
                .as("bytes that the origin sent")
                .isBetween((long) content.bytes().length, content.bytes().length * 102L / 100);
    }
}
