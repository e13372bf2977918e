// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.OriginRequest;
import io.dragonfly.origin.OriginResponse;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.origin.testing.TestCertificate;
import io.dragonfly.origin.testing.TestProxy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

final class TlsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @TempDir static Path directory;
    private static TestCertificate ours;
    private static TestCertificate elsewhere;
    private static TestCertificate expired;

    private final Content content = Content.random(7, 300_000);
    private final HttpFixture http = new HttpFixture();

    @BeforeAll
    static void certificates() throws IOException {
        ours = TestCertificate.create(directory, "dns:localhost,ip:127.0.0.1");
        elsewhere = TestCertificate.create(directory, "dns:elsewhere.example");
        expired =
                TestCertificate.create(
                        directory, "ip:127.0.0.1", "-startdate", "-10d", "-validity", "5");
    }

    @AfterEach
    void close() {
        http.close();
    }

    private HostileOrigin start(TestCertificate certificate) throws IOException {
        return HostileOrigin.start(Answers.honest(content), LOOPBACK, certificate.server());
    }

    private static TaskSpec spec(URI url, boolean insecure, String caCerts) {
        return new TaskSpec(url, List.of(), List.of(), "", null, insecure, caCerts);
    }

    private OriginException failure(TaskSpec spec) {
        return http.failure(OriginRequest.whole(spec));
    }

    @Test
    void aGivenAuthorityIsTrusted() throws IOException {
        try (HostileOrigin origin = start(ours)) {
            for (String host : new String[] {"localhost", "127.0.0.1"}) {
                assertThat(http.read(spec(origin.url(host, "/f"), false, ours.pem())))
                        .isEqualTo(content.bytes());
            }
        }
    }

    @Test
    void anUnknownAuthorityIsNot() throws IOException {
        try (HostileOrigin origin = start(ours)) {
            for (String trusted : new String[] {"", elsewhere.pem()}) {
                OriginException failure = failure(spec(origin.url("/f"), false, trusted));

                assertThat(failure.kind()).isEqualTo(Kind.TLS);
                assertThat(failure.retryable()).isFalse();
                assertThat(failure).hasMessageContaining("no trusted authority signed");
            }
        }
    }

    @Test
    void insecureTrustsEverybody() throws IOException {
        for (TestCertificate certificate : List.of(ours, elsewhere, expired)) {
            try (HostileOrigin origin = start(certificate)) {
                assertThat(http.read(spec(origin.url("/f"), true, ""))).isEqualTo(content.bytes());
            }
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws IOException {
        try (HostileOrigin origin = start(elsewhere)) {
            OriginException failure = failure(spec(origin.url("/f"), false, elsewhere.pem()));

            assertThat(failure.kind()).isEqualTo(Kind.TLS);
            assertThat(failure).hasMessageContaining("for another host name");
        }
    }

    @Test
    void anExpiredCertificateIsRefused() throws IOException {
        try (HostileOrigin origin = start(expired)) {
            OriginException failure = failure(spec(origin.url("/f"), false, expired.pem()));

            assertThat(failure.kind()).isEqualTo(Kind.TLS);
            assertThat(failure).hasMessageContaining("expired");
        }
    }

    @Test
    void aServerWithoutTlsIsAFailure() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            OriginException failure =
                    http.failure(URI.create("https://127.0.0.1:" + origin.port() + "/f"));

            // Whether its answer or the end of the connection is seen first is up to the system.
            assertThat(failure.kind()).isIn(Kind.TLS, Kind.NETWORK);
            assertThat(failure).hasMessageContaining("127.0.0.1:" + origin.port());
        }
    }

    @Test
    void authoritiesThatAreNotPemAreRefused() {
        for (String bad : new String[] {"nonsense", "-----BEGIN CERTIFICATE-----\nxxxx"}) {
            OriginException failure = failure(spec(URI.create("https://h/"), false, bad));

            assertThat(failure.kind()).isEqualTo(Kind.TLS);
            assertThat(failure).hasMessageContaining("CA certificates");
        }
    }

    @Test
    void aBodyThatEndsWithTheConnectionNeedsTheEndMarkOfTls() throws IOException {
        try (HostileOrigin origin = start(ours);
                TestProxy cutting = TestProxy.cutting(150_000);
                HttpFixture attacked = new HttpFixture(Map.of("https_proxy", cutting.url()))) {
            origin.behave(Answers.closeDelimited(content));
            TaskSpec spec = spec(origin.url("/f"), false, ours.pem());
            assertThat(http.read(spec)).isEqualTo(content.bytes());

            OriginException failure = attacked.failure(OriginRequest.whole(spec));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure).hasMessageContaining("cut off");
        }
    }

    @Test
    void aTunnelThroughAProxyIsVerifiedEndToEnd() throws IOException {
        try (HostileOrigin origin = start(ours);
                TestProxy proxy = TestProxy.start("Basic bWU6cHc=");
                HttpFixture proxied =
                        new HttpFixture(
                                Map.of("HTTPS_PROXY", "http://me:pw@127.0.0.1:" + proxy.port()))) {
            assertThat(proxied.read(spec(origin.url("/f"), false, ours.pem())))
                    .isEqualTo(content.bytes());
            assertThat(proxy.heads()).hasSize(1);
            assertThat(proxy.heads().getFirst()).startsWith("CONNECT 127.0.0.1:" + origin.port());
            assertThat(origin.request(0).has("Proxy-Authorization")).isFalse();

            assertThat(
                            proxied.failure(OriginRequest.whole(spec(origin.url("/f"), false, "")))
                                    .kind())
                    .isEqualTo(Kind.TLS);
        }
    }

    @Test
    void aProxyThatRefusesTheTunnelSaysSo() throws IOException {
        try (TestProxy proxy = TestProxy.start("Basic other");
                HttpFixture proxied = new HttpFixture(Map.of("https_proxy", proxy.url()))) {
            OriginException failure = proxied.failure(URI.create("https://h.invalid/f"));

            assertThat(failure.kind()).isEqualTo(Kind.DENIED);
            assertThat(failure)
                    .hasMessageContaining("the proxy 127.0.0.1:" + proxy.port())
                    .hasMessageContaining("407");
        }
    }

    @Test
    void clientsOfManyTrustsAreBoundedAndOnesInUseSurvive() throws IOException {
        List<OriginResponse> open = new ArrayList<>();
        try (HostileOrigin origin = start(ours)) {
            // Equal authorities, but each text is another key.
            for (int i = 0; i < JettyClients.MAX_CLIENTS + 4; i++) {
                String pem = "# " + i + "\n" + ours.pem();
                open.add(http.client.open(OriginRequest.whole(spec(origin.url("/f"), false, pem))));
            }
            for (OriginResponse response : open) {
                assertThat(response.body().readAllBytes()).isEqualTo(content.bytes());
                response.close();
            }
            assertThat(http.client.clients()).isEqualTo(JettyClients.MAX_CLIENTS);
        }
    }
}
