// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.BadRequest;
import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.RawSocket;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/// Requests that are no good, to every port that the programs listen on.
@Timeout(300)
final class BadRequestIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final Swarm SWARM = new Swarm(LAB);

    private static TestOrigin origin;
    private static Swarm.Supernode supernode;
    private static Swarm.Daemon daemon;
    private static int httpPort;
    private static int piecePort;

    @BeforeAll
    static void start() throws IOException {
        origin = new TestOrigin();
        supernode = SWARM.supernode(Host.THIS, "sn");
        httpPort = freePort();
        piecePort = freePort();
        daemon =
                SWARM.daemon(
                        Host.THIS,
                        "d",
                        supernode.node(),
                        "--ip",
                        "127.0.0.1",
                        "--http-port",
                        Integer.toString(httpPort),
                        "--piece-port",
                        Integer.toString(piecePort));
    }

    @AfterAll
    static void stop() {
        origin.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBadRequestIsAProblemAndDoesNoHarm(BadRequest request) throws IOException {
        String answer = RawSocket.exchange(address(request.port()), request.sent());

        if (request.status() == 0) {
            assertThat(answer).doesNotContain("HTTP/", "Exception");
        } else {
            assertThat(answer)
                    .startsWith("HTTP/1.1 " + request.status() + " ")
                    .containsIgnoringCase("content-type: application/problem+json")
                    .contains("\"status\":" + request.status())
                    .contains("\"code\":\"" + request.code() + "\"")
                    .doesNotContain("Exception", "\tat ");
        }
        assertThatADownloadWorks(request.name());
        assertThat(Files.readString(daemon.home().resolve("logs/dfclient.log")))
                .doesNotContain("\tat ");
        assertThat(supernode.process().errText()).doesNotContain("\tat ");
    }

    private static SocketAddress address(BadRequest.Port port) {
        return switch (port) {
            case DAEMON -> UnixDomainSocketAddress.of(daemon.home().resolve("run/dfdaemon.sock"));
            case DAEMON_HTTP -> local(httpPort);
            case DAEMON_PIECES -> local(piecePort);
            case SUPERNODE -> local(supernode.port());
            case PIECES -> local(supernode.piecePort());
        };
    }

    private static SocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private static void assertThatADownloadWorks(String name) {
        Content content = Content.random(name.hashCode(), 300_000);
        String url = origin.serve("/" + name, Answers.honest(content));
        Path output = LAB.path("good-" + name);

        Swarm.Ended ended =
                SWARM.run(
                        "--home",
                        daemon.home().toString(),
                        "--notbs",
                        "-qO",
                        output.toString(),
                        url);

        assertThat(ended.status()).as("%s", ended.err()).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(content.sha256());
    }
}
