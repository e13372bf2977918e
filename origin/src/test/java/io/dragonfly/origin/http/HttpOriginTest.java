// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.Freshness;
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
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;

/// One request and its answer: what is sent, ranges and validators.
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
            origin.behave((_, wire) ->
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
    void anIpv6LiteralIsUnderstood() throws IOException {
        try (HostileOrigin origin =
                HostileOrigin.start(Answers.honest(content), InetAddress.ofLiteral("::1"), null)) {
            assertThat(http.read(TaskSpec.of(origin.url("[::1]", "/f"))))
                    .isEqualTo(content.bytes());
            assertThat(origin.request(0).header("Host")).isEqualTo("[::1]:" + origin.port());
        }
    }
}
