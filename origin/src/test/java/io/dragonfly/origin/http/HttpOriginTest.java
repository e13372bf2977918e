// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.AddressGuard;
import io.dragonfly.origin.Cancellation;
import io.dragonfly.origin.Freshness;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.OriginRequest;
import io.dragonfly.origin.OriginResponse;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One request and its answer. What the origins do here is listed at [Answers].
final class HttpOriginTest {
    private final Content content = Content.random(7, 50_000);
    private final HttpFixture http = new HttpFixture();

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void tellsWhatTheOriginSaysOfTheContent() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                OriginResponse response =
                        http.client.open(OriginRequest.whole(TaskSpec.of(origin.url("/f"))))) {
            assertThat(response.contentLength()).isEqualTo(50_000);
            assertThat(response.bodyLength()).isEqualTo(50_000);
            assertThat(response.firstByte()).isZero();
            assertThat(response.acceptsRanges()).isTrue();
            assertThat(response.validators())
                    .isEqualTo(new Validators(content.etag(), content.lastModified()));
            assertThat(response.freshness()).isEqualTo(Freshness.ASK_AGAIN);
            assertThat(response.body().readAllBytes()).isEqualTo(content.bytes());
        }
    }

    @Test
    void usesAConnectionAgain() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            for (int i = 0; i < 5; i++) {
                assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
            }

            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    void sendsPathAndQueryExactlyAsGiven() throws IOException {
        String target = "/a%2Fb/%7Ec/d+e/./..;x=1?sig=%2Bq%2f=&b&c=d+e&%C3%A4=~'()*!";
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            assertThat(http.read(TaskSpec.of(origin.url(target + "#fragment"))))
                    .isEqualTo(content.bytes());

            assertThat(origin.request(0).target()).isEqualTo(target);
            assertThat(origin.request(0).header("Host")).isEqualTo("127.0.0.1:" + origin.port());
        }
    }

    @Test
    void sendsTheUsersHeadersButNotThoseThatBreakTheTransfer() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            http.read(
                    HttpFixture.spec(
                            origin.url("/f"),
                            "X-One: 1",
                            "Authorization: Bearer t",
                            "User-Agent: mine",
                            "Accept-Encoding: gzip, br",
                            "If-None-Match: " + content.etag(),
                            "Proxy-Authorization: Basic eDp5",
                            "Connection: close"));

            var seen = origin.request(0);
            assertThat(seen.header("X-One")).isEqualTo("1");
            assertThat(seen.header("Authorization")).isEqualTo("Bearer t");
            assertThat(seen.header("User-Agent")).isEqualTo("mine");
            assertThat(seen.header("Accept-Encoding")).isEqualTo("identity");
            assertThat(seen.has("If-None-Match")).isFalse();
            assertThat(seen.has("Proxy-Authorization")).isFalse();
            assertThat(seen.has("Connection")).isFalse();
        }
    }

    @Test
    void refusesARangeHeaderOfTheUserInsteadOfGivingTheWrongFile() {
        OriginException failure =
                http.failure(
                        OriginRequest.whole(
                                HttpFixture.spec(URI.create("http://h/f"), "range: bytes=0-5")));

        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
    }

    @Test
    void userinfoBecomesBasicAuthentication() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            http.read(TaskSpec.of(origin.url("me:p%40ss@127.0.0.1", "/f")));

            // base64 of me:p@ss
            assertThat(origin.request(0).header("Authorization")).isEqualTo("Basic bWU6cEBzcw==");
            assertThat(origin.request(0).header("Host")).doesNotContain("@");
        }
    }

    @Test
    void aRangeIsAskedForWithIfRangeAndAnsweredWithThatRange() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            OriginRequest request = HttpFixture.range(origin.url("/f"), 100, 200, content.etag());
            try (OriginResponse response = http.client.open(request)) {
                assertThat(response.firstByte()).isEqualTo(100);
                assertThat(response.bodyLength()).isEqualTo(100);
                assertThat(response.contentLength()).isEqualTo(50_000);
                assertThat(response.body().readAllBytes())
                        .isEqualTo(Arrays.copyOfRange(content.bytes(), 100, 200));
            }

            assertThat(origin.request(0).header("Range")).isEqualTo("bytes=100-199");
            assertThat(origin.request(0).header("If-Range")).isEqualTo(content.etag());
        }
    }

    @Test
    void aWeakValidatorIsNotSentAsIfRange() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            http.read(HttpFixture.range(origin.url("/f"), 100, 200, "W/\"x\""));

            assertThat(origin.request(0).has("If-Range")).isFalse();
        }
    }

    @Test
    void aRangeUpToTheEndMayBeOpen() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            assertThat(http.read(HttpFixture.range(origin.url("/f"), 49_990, -1, content.etag())))
                    .isEqualTo(Arrays.copyOfRange(content.bytes(), 49_990, 50_000));
        }
    }

    @Test
    void aWholeContentInsteadOfARangeSaysSo() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.ignoringRange(content));
                OriginResponse response =
                        http.client.open(
                                HttpFixture.range(origin.url("/f"), 100, 200, content.etag()))) {
            assertThat(response.firstByte()).isZero();
            assertThat(response.bodyLength()).isEqualTo(50_000);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Range: bytes 101-200/50000",
                "Content-Range: bytes 99-198/50000",
                "Content-Range: bytes 100-200/50000",
                "Content-Range: bytes 100-198/50000",
                "Content-Range: bytes 0-99/50000",
                "Content-Range: bytes 100-199/150",
                "Content-Range: bytes */50000",
                "Content-Range: items 100-199/50000",
                "Content-Range: bytes 100-199",
                "X-None: 1"
            })
    void aPartThatIsNotWhatWasAskedIsAProtocolFailure(String header) throws IOException {
        Behaviour lie =
                (_, wire) ->
                        wire.head("HTTP/1.1 206 Partial Content", header, "Content-Length: 100")
                                .body(content.bytes(), 100, 200);
        try (HostileOrigin origin = HostileOrigin.start(lie)) {
            OriginException failure =
                    http.failure(HttpFixture.range(origin.url("/f"), 100, 200, content.etag()));

            assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
            assertThat(failure.retryable()).isFalse();
        }
    }

    @Test
    void aPartAlthoughTheWholeWasAskedIsAProtocolFailure() throws IOException {
        Behaviour lie =
                (_, wire) ->
                        wire.head(
                                        "HTTP/1.1 206 Partial Content",
                                        "Content-Range: bytes 0-99/50000",
                                        "Content-Length: 100")
                                .body(content.bytes(), 0, 100);
        try (HostileOrigin origin = HostileOrigin.start(lie)) {
            assertThat(http.failure(origin.url("/f")).kind()).isEqualTo(Kind.PROTOCOL);
        }
    }

    @Test
    void aContentRangeUnderStatus200IsAProtocolFailureUnlessItIsTheWhole() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.partUnder200(content))) {
            assertThat(
                            http.failure(
                                            HttpFixture.range(
                                                    origin.url("/f"), 100, 200, content.etag()))
                                    .kind())
                    .isEqualTo(Kind.PROTOCOL);
            origin.behave(
                    (_, wire) ->
                            wire.head(
                                            "HTTP/1.1 200 OK",
                                            "Content-Range: bytes 0-49999/50000",
                                            "Content-Length: 50000")
                                    .body(content.bytes(), 0, 50_000));
            assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
        }
    }

    @Test
    void anUnsatisfiableRangeIsAProtocolFailureThatTellsTheLength() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            OriginException failure =
                    http.failure(HttpFixture.range(origin.url("/f"), 60_000, -1, content.etag()));

            assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
            assertThat(failure).hasMessageContaining("416").hasMessageContaining("*/50000");
        }
    }

    @Test
    void anUnchangedContentIsNotModified() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            for (Validators known :
                    new Validators[] {
                        new Validators(content.etag(), Content.A_DATE),
                        new Validators("", Content.A_DATE)
                    }) {
                OriginRequest request =
                        new OriginRequest(TaskSpec.of(origin.url("/f")), 0, -1, null, known);
                try (OriginResponse response = http.client.open(request)) {
                    assertThat(response.notModified()).isTrue();
                }
            }
            assertThat(origin.request(0).header("If-None-Match")).isEqualTo(content.etag());
            assertThat(origin.request(0).has("If-Modified-Since")).isFalse();
            assertThat(origin.request(1).header("If-Modified-Since")).isEqualTo(Content.A_DATE);
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    void notModifiedWithoutAConditionIsAProtocolFailure() throws IOException {
        try (HostileOrigin origin =
                HostileOrigin.start((_, wire) -> wire.head("HTTP/1.1 304 Not Modified"))) {
            assertThat(http.failure(origin.url("/f")).kind()).isEqualTo(Kind.PROTOCOL);
        }
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
            assertThat(failure).hasMessageContaining("" + status).hasMessageContaining("/f?key=***");
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

    @Test
    void aBodyThatEndsEarlyIsANetworkFailure() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.truncating(content, 20_000))) {
            OriginException failure = http.failure(origin.url("/f"));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure.retryable()).isTrue();
            assertThat(failure).hasMessageContaining("20000 of 50000 bytes");
        }
    }

    @Test
    void aResetInTheBodyIsANetworkFailure() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.resetting(content, 20_000))) {
            OriginException failure = http.failure(origin.url("/f"));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure.retryable()).isTrue();
        }
    }

    @Test
    void moreBytesThanPromisedAreAProtocolFailure() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.wrongLength(content, -1000))) {
            OriginException failure = http.failure(origin.url("/f"));

            assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
            assertThat(failure).hasMessageContaining("more bytes");
        }
    }

    @Test
    void aLineEndBehindTheBodyIsForgiven() throws IOException {
        Behaviour sloppy =
                (_, wire) ->
                        wire.head("HTTP/1.1 200 OK", "Content-Length: 50000")
                                .body(content.bytes(), 0, 50_000)
                                .raw(new byte[] {'\r', '\n'});
        try (HostileOrigin origin = HostileOrigin.start(sloppy)) {
            assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
        }
    }

    @Test
    void fewerBytesThanPromisedAreANetworkFailure() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.wrongLength(content, 1000))) {
            assertThat(http.failure(origin.url("/f")).kind()).isEqualTo(Kind.NETWORK);
        }
    }

    @Test
    void aChunkedBodyIsCompleteOnlyWithItsLastChunk() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.chunked(content, 999))) {
            assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
            origin.behave(Answers.chunkedCut(content, 999));
            assertThat(http.failure(origin.url("/f")).kind()).isEqualTo(Kind.NETWORK);
        }
    }

    @Test
    void bodiesWithoutALengthAndOldHttpAreRead() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.closeDelimited(content))) {
            assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
            origin.behave(Answers.http10(content));
            assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
            assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
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
    void chunksThatAreNoneAreAFailure() throws IOException {
        String answer =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n";
        Behaviour broken =
                (_, wire) -> wire.raw(answer.getBytes(StandardCharsets.ISO_8859_1)).close();
        try (HostileOrigin origin = HostileOrigin.start(broken)) {
            assertThat(http.failure(origin.url("/f")).kind()).isIn(Kind.PROTOCOL, Kind.NETWORK);
        }
    }

    @Test
    void interimAnswersAreSkipped() throws IOException {
        Behaviour early =
                (request, wire) -> {
                    wire.head("HTTP/1.1 103 Early Hints", "Link: </x>");
                    Answers.honest(content).answer(request, wire);
                };
        try (HostileOrigin origin = HostileOrigin.start(early)) {
            assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
        }
    }

    @Test
    void gzipThatWasNotAskedForIsUndone() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.gzip(content));
                OriginResponse response =
                        http.client.open(OriginRequest.whole(TaskSpec.of(origin.url("/f"))))) {
            assertThat(response.bodyLength()).isEqualTo(-1);
            assertThat(response.contentLength()).isEqualTo(-1);
            assertThat(response.acceptsRanges()).isFalse();
            assertThat(response.validators().strong()).isFalse();
            assertThat(response.body().readAllBytes()).isEqualTo(content.bytes());
        }
    }

    @Test
    void gzipOfSeveralMembersIsUndoneWhole() throws IOException {
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int at = 0; at < 50_000; at += 10_000) {
            members.write(Answers.gzipped(Arrays.copyOfRange(content.bytes(), at, at + 10_000)));
        }
        try (HostileOrigin origin =
                HostileOrigin.start(Answers.coded(content, "gzip", members.toByteArray()))) {
            assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
        }
    }

    @Test
    void brokenGzipIsAFailure() throws IOException {
        byte[] good = Answers.gzipped(content.bytes());
        byte[] tail = Arrays.copyOf(good, good.length + 20);
        tail[tail.length - 1] = 1;
        byte[] brokenSecond = Arrays.copyOf(good, good.length * 2);
        System.arraycopy(good, 0, brokenSecond, good.length, good.length);
        brokenSecond[good.length + 1] = 0;
        byte[] flipped = good.clone();
        flipped[flipped.length - 6] ^= 1;
        for (byte[] bad :
                new byte[][] {
                    content.bytes(), Arrays.copyOf(good, good.length - 5), flipped, tail, brokenSecond, {}
                }) {
            try (HostileOrigin origin = HostileOrigin.start(Answers.coded(content, "gzip", bad))) {
                assertThat(http.failure(origin.url("/f")).kind()).isEqualTo(Kind.PROTOCOL);
            }
        }
    }

    @Test
    void zerosBehindGzipArePadding() throws IOException {
        byte[] good = Answers.gzipped(content.bytes());
        byte[] padded = Arrays.copyOf(good, good.length + 512);
        try (HostileOrigin origin = HostileOrigin.start(Answers.coded(content, "gzip", padded))) {
            assertThat(http.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
        }
    }

    @Test
    void aGzipBodyThatIsCutOffIsANetworkFailure() throws IOException {
        byte[] good = Answers.gzipped(content.bytes());
        Behaviour cut =
                (_, wire) ->
                        wire.head(
                                        "HTTP/1.1 200 OK",
                                        "Content-Encoding: gzip",
                                        "Content-Length: " + good.length)
                                .body(good, 0, good.length - 100)
                                .close();
        try (HostileOrigin origin = HostileOrigin.start(cut)) {
            assertThat(http.failure(origin.url("/f")).kind()).isEqualTo(Kind.NETWORK);
        }
    }

    @Test
    void aGzipFileUnderAWrongContentEncodingStaysAsItIs() throws IOException {
        byte[] file = Answers.gzipped(content.bytes());
        try (HostileOrigin origin = HostileOrigin.start(Answers.coded(content, "x-gzip", file))) {
            assertThat(http.read(TaskSpec.of(origin.url("/f.tar.gz?x=1")))).isEqualTo(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "deflate", "gzip, gzip", "compress", "nonsense"})
    void otherContentCodingsAreRefused(String coding) throws IOException {
        try (HostileOrigin origin =
                HostileOrigin.start(Answers.coded(content, coding, content.bytes()))) {
            OriginException failure = http.failure(origin.url("/f"));

            assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
            assertThat(failure).hasMessageContaining(coding);
        }
    }

    @Test
    void anUnknownNameSaysWhatToCheck() {
        OriginException failure =
                http.failure(URI.create("http://no-such-host.invalid:81/f"));

        assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
        assertThat(failure)
                .hasMessage(
                        "the name of no-such-host.invalid:81 cannot be resolved; check it and the DNS");
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
                        "connection to 127.0.0.1:" + free + " refused; check that a server runs there");
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
                        new HttpFixture(
                                Map.of(), Duration.ofMillis(200), AddressGuard.STANDARD)) {
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
                        new HttpFixture(
                                Map.of(), Duration.ofMillis(200), AddressGuard.STANDARD);
                OriginResponse response =
                        impatient.client.open(
                                OriginRequest.whole(TaskSpec.of(origin.url("/f"))))) {
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
                        catchThrowableOfType(
                                OriginException.class, () -> response.body().read());

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

    @Test
    void anIpv6LiteralIsUnderstood() throws IOException {
        try (HostileOrigin origin =
                HostileOrigin.start(
                        Answers.honest(content), InetAddress.ofLiteral("::1"), null)) {
            assertThat(http.read(TaskSpec.of(origin.url("[::1]", "/f")))).isEqualTo(content.bytes());
            assertThat(origin.request(0).header("Host")).isEqualTo("[::1]:" + origin.port());
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
