// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.Program;
import io.dragonfly.proxy.testing.TestRegistry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The options of the registry mirror, and the daemon that has one.
@Timeout(60)
final class ProxyPortTest {
    @TempDir private Path directory;

    private DfdaemonConfig config(String... more) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "--home",
                                directory.resolve("home").toString(),
                                "--ip",
                                "127.0.0.1",
                                "--console"));
        args.addAll(List.of(more));
        DfdaemonCommand command = new DfdaemonCommand(DaemonEnvironment.system());
        CommandLine line = Main.commandLine(command);
        line.setErr(new PrintWriter(new StringWriter()));
        new Program(line, Map.of(), null).read(args);
        return command.config();
    }

    @Test
    void a_daemon_that_is_not_the_hosts_own_has_a_proxy_only_where_it_was_asked_for() {
        assertThat(config().proxy()).isNull();
        assertThat(Objects.requireNonNull(config("--proxy-port", "0").proxy()).required()).isTrue();
        assertThat(config("--proxy-port", "-1").proxy()).isNull();
    }

    @Test
    void mistakes_are_one_line() {
        assertThatThrownBy(() -> config("--registry", "a.b.com remote=ftp://x"))
                .isInstanceOf(CommandFailure.class)
                .hasMessage("registry a.b.com: its remote must look like https://host[:port]");
        assertThatThrownBy(() -> config("--registry", "a.b.com unsafe"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("unknown setting 'unsafe'");
        assertThatThrownBy(() -> config("--proxy-port", "0", "--proxy-ip", "0.0.0.0"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("needs --proxy-allow");
    }

    @Test
    void a_daemon_mirrors_a_registry() throws Exception {
        try (TestRegistry registry = TestRegistry.start(TestRegistry.Access.EVERYBODY)) {
            registry.manifest("library/app", "1", "application/json", "{}");
            DfdaemonConfig config =
                    config("--proxy-port", "0", "--registry", "docker.io remote=" + registry.url());
            try (Dfdaemon daemon = Dfdaemon.start(config, DaemonEnvironment.system());
                    HttpClient client = HttpClient.newHttpClient()) {
                int port = daemon.proxyPort().orElseThrow();
                URI url = URI.create("http://127.0.0.1:" + port + "/v2/library/app/manifests/1");
                assertThat(
                                client.send(
                                        HttpRequest.newBuilder(url).build(),
                                        BodyHandlers.ofString()))
                        .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200))
                        .satisfies(answer -> assertThat(answer.body()).isEqualTo("{}"));
            }
        }
    }

    @Test
    void a_taken_port_matters_to_who_asked_for_it_only() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            DfdaemonConfig config = config("--proxy-port", "" + other.getLocalPort());
            assertThatThrownBy(() -> Dfdaemon.start(config, DaemonEnvironment.system()))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("Address already in use");
            DfdaemonConfig.Proxying proxy = Objects.requireNonNull(config.proxy());
            DfdaemonConfig without =
                    new DfdaemonConfig(
                            config.home(),
                            config.listening(),
                            config.nodes(),
                            config.peer(),
                            config.clusterToken(),
                            config.limits(),
                            config.downloads(),
                            config.disk(),
                            config.idleExit(),
                            config.origins(),
                            config.plainCredentials(),
                            config.logging(),
                            config.tls(),
                            new DfdaemonConfig.Proxying(proxy.config(), false));
            try (Dfdaemon daemon = Dfdaemon.start(without, DaemonEnvironment.system())) {
                assertThat(daemon.proxyPort()).isEmpty();
            }
        }
    }
}
