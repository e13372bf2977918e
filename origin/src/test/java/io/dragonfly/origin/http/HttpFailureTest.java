// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.AddressGuard;
import io.dragonfly.origin.Cancellation;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.OriginRequest;
import io.dragonfly.origin.OriginResponse;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// Requests that fail, and what users are told.
final class HttpFailureTest {
    private final Content content = Content.random(7, 50_000);
    private final HttpFixture http = new HttpFixture();

    @AfterEach
    void close() {
        http.close();
    }

    @ParameterizedTest
    @CsvSource({
        "400, STATUS, false",
        "401, DENIED, false",
        "403, DENIED, false",
        "404, NOT_FOUND, false",
        "407, DENIED, false",
        "408, STATUS, true",
        "410, NOT_FOUND, false",
        "418, STATUS, false",
        "429, UNAVAILABLE, true",
        "500, UNAVAILABLE, true",
        "502, UNAVAILABLE, true",
        "503, UNAVAILABLE, true",
        "204, STATUS, false",
        "300, STATUS, false"
    })
    void eachStatusHasItsKind(int status, Kind kind, boolean retryable) throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.status(status, "Some Reason"))) {
            OriginException failure = http.failure(origin.url("/f?key=secret"));

            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.retryable()).isEqualTo(retryable);
            assertThat(failure)
                    .hasMessageContaining("" + status)
                    .hasMessageContaining("/f?key=***");
            assertThat(failure.getMessage()).doesNotContain("secret").doesNotContain("\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7 | 7",
                "Fri, 20 Nov 2026 12:00:30 GMT | 30",
                "Fri, 20 Nov 2026 11:00:00 GMT | 0",
                "soon | 0",
                "-5 | 0",
                "99999999999999999999 | 31536000"
            })
    void retryAfterIsSecondsOrADate(String value, long seconds) throws IOException {
        try (HostileOrigin origin =
                HostileOrigin.start(Answers.status(503, "Busy", "Retry-After: " + value))) {
            assertThat(http.failure(origin.url("/f")).retryAfter())
                    .isEqualTo(Duration.ofSeconds(seconds));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            })
    void answersThatAreNotValidHttpFail(String answer) throws IOException {
        Behaviour broken =
                (_, wire) -> wire.raw(answer.getBytes(StandardCharsets.ISO_8859_1)).close();
        try (HostileOrigin origin = HostileOrigin.start(broken)) {
            OriginException failure = http.failure(origin.url("/f"));

            assertThat(failure.kind()).isIn(Kind.PROTOCOL, Kind.STATUS);
            assertThat(failure.getMessage()).doesNotContain("\n").hasSizeLessThan(300);
        }
    }

    @Test
    void tooLargeAHeadIsAFailure() throws IOException {
        Behaviour huge =
                (_, wire) -> wire.head("HTTP/1.1 200 OK", "X-Much: " + "x".repeat(200_000));
        try (HostileOrigin origin = HostileOrigin.start(huge)) {
            assertThat(http.failure(origin.url("/f")).kind()).isIn(Kind.PROTOCOL, Kind.NETWORK);
        }
    }

    @Test
    void anUnknownNameSaysWhatToCheck() {
        OriginException failure = http.failure(URI.create("http://no-such-host.invalid:81/f"));

        assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
        assertThat(failure)
                .hasMessage(
                        "the name of no-such-host.invalid:81 cannot be resolved;"
                                + " check it and the DNS");
    }

    @Test
    void aRefusedConnectionSaysWhatToCheck() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        OriginException failure = http.failure(URI.create("http://127.0.0.1:" + free + "/f"));

        assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
        assertThat(failure.retryable()).isTrue();
        assertThat(failure)
                .hasMessage(
                        "connection to 127.0.0.1:"
                                + free
                                + " refused; check that a server runs there");
    }

    @Test
    void aServerThatSaysNothingIsANetworkFailure() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.silent())) {
            OriginException failure = http.failure(origin.url("/f"));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure.retryable()).isTrue();
        }
    }

    @Test
    void aStallInTheBodyEndsAfterTheIdleTimeout() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.stalling(content, 20_000));
                HttpFixture impatient =
                        new HttpFixture(Map.of(), Duration.ofMillis(200), AddressGuard.STANDARD)) {
            OriginException failure = impatient.failure(origin.url("/f"));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure).hasMessageContaining("no byte in time");
        }
    }

    @Test
    void aSlowReaderIsNotAnIdleOrigin() throws Exception {
        Content big = Content.random(3, 20 << 20);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(big));
                HttpFixture impatient =
                        new HttpFixture(Map.of(), Duration.ofMillis(200), AddressGuard.STANDARD);
                OriginResponse response =
                        impatient.client.open(OriginRequest.whole(TaskSpec.of(origin.url("/f"))))) {
            // Several idle time-outs in which we are the ones who do nothing.
            new Cancellation().await(Duration.ofMillis(900));

            assertThat(response.body().readAllBytes()).isEqualTo(big.bytes());
        }
    }

    @Test
    void cancellingEndsAReadThatWaits() throws Exception {
        Cancellation cancellation = new Cancellation();
        try (HostileOrigin origin = HostileOrigin.start(Answers.stalling(content, 20_000))) {
            OriginRequest request =
                    new OriginRequest(
                            TaskSpec.of(origin.url("/f")), 0, -1, null, null, cancellation);
            try (OriginResponse response = http.client.open(request)) {
                assertThat(response.body().readNBytes(20_000)).hasSize(20_000);
                Thread canceller = Thread.ofVirtual().start(cancellation::cancel);

                OriginException failure =
                        catchThrowableOfType(OriginException.class, () -> response.body().read());

                canceller.join();
                assertThat(failure).hasMessageContaining("cancelled");
                assertThat(failure.retryable()).isFalse();
            }
        }
    }

    @Test
    void cancellingEndsTheWaitForAnAnswer() throws Exception {
        Cancellation cancellation = new Cancellation();
        Behaviour mute =
                (_, wire) -> {
                    cancellation.cancel();
                    wire.stall();
                };
        try (HostileOrigin origin = HostileOrigin.start(mute)) {
            OriginException failure =
                    http.failure(
                            new OriginRequest(
                                    TaskSpec.of(origin.url("/f")),
                                    0,
                                    -1,
                                    null,
                                    null,
                                    cancellation));

            assertThat(failure).hasMessageContaining("cancelled");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://my_host/f", "http:///f", "http://h:99999/f", "http:f"})
    void urlsWithoutAUsableHostAreRefused(String url) {
        assertThat(http.failure(URI.create(url)).kind()).isEqualTo(Kind.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data",
                "http://[fe80::1]/",
                "http://100.100.100.200/",
                "http://[fd00:ec2::254]/",
                "http://224.0.0.1/",
                "http://[::ffff:169.254.169.254]/"
            })
    void linkLocalAndMetadataAddressesAreRefused(String url) {
        OriginException failure = http.failure(URI.create(url));

        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("address");
    }

    @Test
    void loopbackIsRefusedWhereTheGuardSaysSo() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                HttpFixture guarded =
                        new HttpFixture(
                                Map.of(), Duration.ofSeconds(5), AddressGuard.NO_LOOPBACK)) {
            for (String host : new String[] {"127.0.0.1", "localhost", "0.0.0.0", "127.1"}) {
                assertThat(guarded.failure(origin.url(host, "/f")).kind())
                        .as(host)
                        .isEqualTo(Kind.REFUSED);
            }
            assertThat(origin.connections()).isZero();
        }
    }
}
