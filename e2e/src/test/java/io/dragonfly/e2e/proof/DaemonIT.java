// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What an operator of dfdaemon sees: a daemon that leaves its terminal, and one that a supernode
/// does not let in.
final class DaemonIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Swarm SWARM = new Swarm(LAB);
    private static final Content CONTENT = Content.random(71, 2_000_000);

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
    void aDetachedDaemonIsReadyWhenTheCommandEndsAndOutlivesIt() {
        Swarm.Supernode supernode = SWARM.supernode(Host.THIS, "detach-sn");
        Path home = LAB.path("detached");
        List<String> command =
                List.of(
                        // As a shell starts it: at the head of a process group.
                        "setsid",
                        Lab.program("dfdaemon"),
                        "--detach",
                        "--home",
                        home.toString(),
                        "--node",
                        supernode.node());

        Running starter = LAB.start(Host.THIS, "starter", command);

        assertThat(starter.await(LIMIT)).as("%s", starter).isZero();
        String url = origin.serve("/detach", Answers.honest(CONTENT));
        Path output = LAB.path("detached-out");
        Swarm.Ended ended = SWARM.run("--home", home.toString(), "-qO", output.toString(), url);
        assertThat(ended.status()).as("%s", ended.err()).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(CONTENT.sha256());
        ProcessHandle daemon =
                LAB.leftovers().stream()
                        .filter(process -> process.info().commandLine().orElse("").contains("Main"))
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(home.toString()))
                        .findFirst()
                        .orElseThrow();
        assertThat(daemon.parent().map(ProcessHandle::pid))
                .as("it is not ours")
                .isNotEqualTo(Optional.of(ProcessHandle.current().pid()));
    }

    @Test
    void theRightClusterTokenLetsADaemonIn() {
        Swarm.Ended ended = withToken("right", "--cluster-token", "s3cret");

        assertThat(ended.status()).as("%s", ended.err()).isZero();
        assertThat(Digests.sha256(ended.output())).isEqualTo(CONTENT.sha256());
    }

    @Test
    void aWrongClusterTokenIsALineThatSaysSo() {
        Swarm.Ended ended = withToken("wrong", "--cluster-token", "guess");

        assertThat(ended.status()).as("%s", ended.err()).isEqualTo(16);
        assertThat(ended.err())
                .hasLineCount(1)
                .contains("wrong cluster token: check --cluster-token")
                .doesNotContain("guess", "s3cret");
        assertThat(ended.output()).doesNotExist();
    }

    @Test
    void aMissingClusterTokenIsALineThatSaysSo() {
        Swarm.Ended ended = withToken("missing");

        assertThat(ended.status()).as("%s", ended.err()).isEqualTo(16);
        assertThat(ended.err()).hasLineCount(1).contains("check --cluster-token");
        assertThat(ended.output()).doesNotExist();
    }

    private Swarm.Ended withToken(String name, String... options) {
        Swarm.Supernode supernode =
                SWARM.supernode(Host.THIS, name + "-sn", "--cluster-token", "s3cret");
        Swarm.Daemon daemon = SWARM.daemon(Host.THIS, name, supernode.node(), options);
        String url = origin.serve("/" + name, Answers.honest(CONTENT));
        return SWARM.downloads(List.of(daemon), url, "out", "--notbs").getFirst();
    }
}
