// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.origin.testing.TestProxy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Map;

final class ProxyTest {
    private final Content content = Content.random(7, 5_000);

    @Test
    void aProxyGetsTheWholeUrlAndItsCredentials() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                TestProxy proxy = TestProxy.start("Basic bWU6cHc=");
                HttpFixture http =
                        new HttpFixture(
                                Map.of("http_proxy", "http://me:pw@127.0.0.1:" + proxy.port()))) {
            assertThat(http.read(TaskSpec.of(origin.url("/f?a=%2F")))).isEqualTo(content.bytes());

            assertThat(proxy.heads().getFirst())
                    .startsWith("GET " + origin.url("/f?a=%2F") + " HTTP/1.1\r\n");
        }
    }

    @Test
    void aProxyThatWantsOtherCredentialsIsDenied() throws IOException {
        try (TestProxy proxy = TestProxy.start("Basic other");
                HttpFixture http = new HttpFixture(Map.of("http_proxy", proxy.url()))) {
            assertThat(http.failure(java.net.URI.create("http://h.invalid/f")).kind())
                    .isEqualTo(Kind.DENIED);
        }
    }

    @Test
    void aProxyThatIsDownIsNamed() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        try (HttpFixture http = new HttpFixture(Map.of("http_proxy", "127.0.0.1:" + free))) {
            OriginException failure = http.failure(java.net.URI.create("http://h.invalid/f"));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure).hasMessageContaining("the proxy 127.0.0.1:" + free + " refused");
        }
    }

    @Test
    void exceptionsGoThereDirectly() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                TestProxy proxy = TestProxy.start("");
                HttpFixture http =
                        new HttpFixture(
                                Map.of("http_proxy", proxy.url(), "no_proxy", "127.0.0.0/8"))) {
            assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());

            assertThat(proxy.heads()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "example.com | example.com | 80 | true",
                "example.com | a.example.com | 80 | true",
                ".example.com | a.example.com | 80 | true",
                ".example.com | example.com | 80 | true",
                "example.com | badexample.com | 80 | false",
                "EXAMPLE.com | example.COM | 80 | true",
                "example.com:8080 | example.com | 8080 | true",
                "example.com:8080 | example.com | 80 | false",
                "* | anything | 1 | true",
                "a, b  c | c | 80 | true",
                "10.0.0.0/8 | 10.200.3.4 | 80 | true",
                "10.0.0.0/8 | 11.0.0.1 | 80 | false",
                "10.0.0.0/8 | host | 80 | false",
                "192.168.1.1 | 192.168.1.1 | 80 | true",
                "fd00::/8 | fd12::1 | 80 | true",
                "::1 | ::1 | 80 | true",
                "[::1]:80 | ::1 | 80 | true",
                "garbage/99x | 10.0.0.1 | 80 | false",
                "- | example.com | 80 | false"
            })
    void noProxyIsReadAsCurlReadsIt(String exceptions, String host, int port, boolean direct) {
        ProxyEnvironment environment =
                new ProxyEnvironment(
                        exceptions == null
                                ? Map.of("http_proxy", "http://p:1")
                                : Map.of("http_proxy", "http://p:1", "NO_PROXY", exceptions));

        assertThat(environment.proxy(false, new HostPort(host, port)).isEmpty()).isEqualTo(direct);
    }

    @Test
    void lowerCaseGoesFirstAndEmptyMeansNone() {
        HostPort server = new HostPort("h", 80);
        assertThat(
                        new ProxyEnvironment(
                                        Map.of(
                                                "http_proxy",
                                                "http://low:1",
                                                "HTTP_PROXY",
                                                "http://up:2"))
                                .proxy(false, server))
                .hasValueSatisfying(p -> assertThat(p.address()).hasToString("low:1"));
        assertThat(
                        new ProxyEnvironment(Map.of("http_proxy", "", "HTTP_PROXY", "http://up:2"))
                                .proxy(false, server))
                .isEmpty();
        assertThat(new ProxyEnvironment(Map.of("HTTP_PROXY", "http://up:2")).proxy(true, server))
                .isEmpty();
    }

    @Test
    void aVariableThatIsNoUrlIsSaidWithoutItsValue() {
        for (String bad :
                new String[] {"http://me:secret@[x", "socks5://secret:1", "http://:secret"}) {
            assertThatThrownBy(() -> new ProxyEnvironment(Map.of("https_proxy", bad)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("https_proxy")
                    .hasMessageNotContaining("secret");
        }
    }
}
