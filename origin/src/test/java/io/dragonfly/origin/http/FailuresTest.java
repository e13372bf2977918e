// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.EOFException;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;

final class FailuresTest {
    static Stream<Arguments> causes() {
        return Stream.of(
                Arguments.of(
                        new SSLHandshakeException(
                                "Unrecognized SSL message, plaintext connection?"),
                        Kind.TLS,
                        "no TLS with h:443: it does not speak TLS there; is http: meant?"),
                Arguments.of(
                        new SSLHandshakeException("handshake_failure\nsecond line"),
                        Kind.TLS,
                        "no TLS with h:443: handshake_failure"),
                Arguments.of(
                        new SocketTimeoutException("Connect Timeout"),
                        Kind.NETWORK,
                        "no connection to h:443 in time; check address, routes and firewalls"),
                Arguments.of(
                        new NoRouteToHostException("x"),
                        Kind.NETWORK,
                        "no route to h:443; check address and firewalls"),
                Arguments.of(new TimeoutException(), Kind.NETWORK, "h:443 did not answer in time"),
                Arguments.of(
                        new EOFException("x"),
                        Kind.NETWORK,
                        "h:443 closed the connection without an answer"));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void eachCauseIsOneLineThatSaysWhere(Exception cause, Kind kind, String message)
            throws OriginException {
        Hop hop = Hop.first(TaskSpec.of(URI.create("https://h/f")));

        OriginException failure =
                Failures.beforeHead(hop, Optional.empty(), new IOException(cause));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessage(message);
    }

    @Test
    void behindAProxyTheProxyIsNamed() throws OriginException {
        Hop hop = Hop.first(TaskSpec.of(URI.create("https://h/f")));

        assertThat(
                        Failures.beforeHead(
                                hop, Optional.of(new HostPort("p", 3128)), new EOFException()))
                .hasMessageContaining("the proxy p:3128");
    }

    @Test
    void whatAServerWroteIsShownWithoutControlCharacters() {
        assertThat(Failures.clean("a\u001b[31m\r\nb" + "x".repeat(500)))
                .startsWith("a [31m  b")
                .hasSizeLessThan(130);
    }
}
