// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.e2e.Wait;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.TestCertificate;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Supernode and daemons as processes that believe only certificates of one authority.
final class TlsIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final Swarm SWARM = new Swarm(LAB);
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int LENGTH = 20_000_000;

    private static TestOrigin origin;
    private static Path files;
    private static Swarm.Supernode supernode;

    @BeforeAll
    static void start() throws IOException {
        origin = new TestOrigin();
        files = LAB.path("certificates");
        Files.createDirectories(files);
        TestCertificate.create(files, "ip:127.0.0.1").write(files);
        supernode = SWARM.supernode(Host.THIS, "sn", certificate().toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        origin.close();
    }

    private static List<String> certificate() {
        List<String> options = new ArrayList<>(authority());
        options.addAll(List.of("--tls-cert", files.resolve("cert.pem").toString()));
        options.addAll(List.of("--tls-key", files.resolve("key.pem").toString()));
        return options;
    }

    private static List<String> authority() {
        return List.of("--tls-ca", files.resolve("ca.pem").toString());
    }

    private static Swarm.Daemon daemon(String name, List<String> options) {
        List<String> all = new ArrayList<>(List.of("--ip", "127.0.0.1"));
        all.addAll(options);
        return SWARM.daemon(Host.THIS, name, supernode.node(), all.toArray(String[]::new));
    }

    @Test
    void hostsWithCertificatesShareAFileThatTheOriginSendsOnce() {
        Content content = Content.random(61, LENGTH);
        String url = origin.serve("/shared", Answers.honest(content));
        List<Swarm.Daemon> daemons =
                List.of(daemon("d0", certificate()), daemon("d1", certificate()));
        long before = origin.bytesSent();

        for (Swarm.Ended ended : SWARM.downloads(daemons, url, "shared", "--notbs")) {
            assertThat(ended.status()).as("%s", ended.process()).isZero();
            assertThat(Digests.sha256(ended.output())).isEqualTo(content.sha256());
            JsonNode done = Swarm.event(ended.process(), "done").orElseThrow();
            assertThat(done.path("fromOrigin").asLong()).as("%s", done).isZero();
        }

        assertThat(origin.bytesSent() - before).isBetween((long) LENGTH, LENGTH * 102L / 100);
    }

    @Test
    void aHostWithoutACertificateIsToldSoInOneLine() {
        Swarm.Daemon nameless = daemon("nameless", authority());
        Swarm.Daemon plain = daemon("plain", List.of());

        assertThat(logLine(nameless, "wants a certificate of this host"))
                .contains("set tls-cert and tls-key");
        assertThat(logLine(plain, "it speaks TLS")).contains("set tls-ca");
        for (Swarm.Daemon daemon : List.of(nameless, plain)) {
            assertThat(daemon.process().alive()).isTrue();
            assertThat(log(daemon)).doesNotContain("\tat ");
        }
    }

    private static String logLine(Swarm.Daemon daemon, String text) {
        return Wait.value(
                daemon.home() + " logs '" + text + "'",
                LIMIT,
                () -> log(daemon).lines().filter(line -> line.contains(text)).findFirst());
    }

    private static String log(Swarm.Daemon daemon) {
        try {
            return Files.readString(daemon.home().resolve("logs/dfclient.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
