// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.Relay;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Origins that do not say the same thing twice: no output is wrong, and none is a mixture.
final class ChangingOriginIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final int LENGTH = 20_000_000;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Swarm SWARM = new Swarm(LAB);
    private static final Content OLD = Content.random(81, LENGTH);
    private static final Content NEW = Content.random(82, LENGTH);

    private TestOrigin origin;

    @BeforeEach
    void start() throws IOException {
        origin = new TestOrigin();
    }

    @AfterEach
    void stop() {
        origin.close();
    }

    @Test
    void contentThatChangesUnderALiveSwarmIsTheNewOneOrAFailure() throws IOException {
        Swarm.Supernode supernode = SWARM.supernode(Host.THIS, "change-sn");
        List<Swarm.Daemon> daemons = daemons("change", 3, supernode.node());
        String path = URI.create(origin.serve("/change", Answers.honest(OLD))).getPath();
        try (Relay relay = Relay.before(URI.create(origin.url("/")).getPort())) {
            relay.limit(LENGTH / 5);
            String url = "http://127.0.0.1:" + relay.port() + path;
            List<Running> downloads = new ArrayList<>();
            for (Swarm.Daemon daemon : daemons) {
                Path output = LAB.path(daemon.home().getFileName() + "-out");
                downloads.add(SWARM.download(daemon, url, output));
            }
            Running released =
                    SWARM.dfget(
                            Host.THIS,
                            List.of(
                                    "--home",
                                    daemons.getFirst().home().toString(),
                                    "-qO",
                                    "-",
                                    url));
            Swarm.awaitVerified(downloads.getFirst(), LENGTH / 4, LIMIT);

            origin.serve("/change", Answers.honest(NEW));
            relay.reset();

            for (int i = 0; i < daemons.size(); i++) {
                assertThat(downloads.get(i).await(LIMIT)).as("%s", downloads.get(i)).isZero();
                Path output = LAB.path(daemons.get(i).home().getFileName() + "-out");
                assertThat(Digests.sha256(output)).isEqualTo(NEW.sha256());
            }
            assertThat(released.await(LIMIT)).as("%s", released.errText()).isEqualTo(10);
            byte[] out = Files.readAllBytes(released.out());
            assertThat(out).isNotEmpty().isEqualTo(Arrays.copyOf(OLD.bytes(), out.length));
        }
    }

    /// Without validators nothing tells the two contents apart but their bytes.
    @Test
    void supernodesThatWereGivenDifferentBytesOfOneLengthDoNotMix() throws IOException {
        Swarm.Supernode first = SWARM.supernode(Host.THIS, "mix-sn1");
        Swarm.Supernode second = SWARM.supernode(Host.THIS, "mix-sn2");
        String url = origin.serve("/mix", Answers.honest(OLD.withoutValidators()));
        List<Swarm.Daemon> ofFirst = daemons("mix-a", 2, first.node());
        List<Swarm.Daemon> ofSecond = daemons("mix-b", 2, second.node());
        assertAll(SWARM.downloads(ofFirst, url, "out"), OLD);
        Swarm.Daemon mover = daemons("mix-mover", 1, first.node() + "," + second.node()).getFirst();
        Running moving =
                SWARM.download(mover, url, LAB.path("moved"), "--locallimit", "1M", "--notbs");
        Swarm.awaitVerified(moving, LENGTH / 10, LIMIT);

        origin.serve("/mix", Answers.honest(NEW.withoutValidators()));
        assertAll(SWARM.downloads(ofSecond, url, "out"), NEW);
        first.process().kill();
        ofFirst.forEach(daemon -> daemon.process().kill());
        assertThat(moving.alive()).as("it has begun with the old one and is not done").isTrue();

        assertThat(moving.await(LIMIT)).as("%s", moving).isZero();
        assertThat(Digests.sha256(LAB.path("moved"))).isEqualTo(NEW.sha256());
    }

    @Test
    void aWrongUrlOfADigestHarmsNobodyWhoHasTheRightOne() throws IOException {
        Swarm.Supernode supernode = SWARM.supernode(Host.THIS, "digest-sn");
        List<Swarm.Daemon> daemons = daemons("digest", 2, supernode.node());
        String wrong = origin.serve("/wrong", Answers.honest(OLD));
        String right = origin.serve("/right", Answers.honest(NEW));
        String digest = "sha256:" + NEW.sha256();
        Path output = LAB.path("digest-right");

        Running bad =
                SWARM.download(
                        daemons.getFirst(), wrong, LAB.path("digest-bad"), "--digest", digest);
        Running good = SWARM.download(daemons.getLast(), right, output, "--digest", digest);

        assertThat(bad.await(LIMIT)).as("%s", bad).isEqualTo(12);
        assertThat(LAB.path("digest-bad")).doesNotExist();
        assertThat(good.await(LIMIT)).as("%s", good).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(NEW.sha256());
        assertAll(SWARM.downloads(daemons, right, "again", "--digest", digest), NEW);
    }

    private static List<Swarm.Daemon> daemons(String name, int count, String nodes) {
        List<Swarm.Daemon> daemons = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            daemons.add(SWARM.starting(Host.THIS, name + i, nodes, "--ip", "127.0.0.1"));
        }
        daemons.forEach(SWARM::ready);
        return daemons;
    }

    private static void assertAll(List<Swarm.Ended> all, Content content) {
        for (Swarm.Ended ended : all) {
            assertThat(ended.status()).as("%s", ended.process()).isZero();
            assertThat(Digests.sha256(ended.output())).isEqualTo(content.sha256());
        }
    }
}
