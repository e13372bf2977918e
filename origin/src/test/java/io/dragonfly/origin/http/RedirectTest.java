// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

final class RedirectTest {
    private static final String[] ALL = {
        "Authorization: Bearer t",
        "Cookie: c=1",
        "X-Auth-Token: x",
        "PRIVATE-TOKEN: p",
        "Accept: text/x-test",
        "User-Agent: mine"
    };

    private final Content content = Content.random(7, 5_000);
    private final HttpFixture http = new HttpFixture();

    @AfterEach
    void close() {
        http.close();
    }

    private Behaviour redirecting(int status, String location) {
        return (request, wire) ->
                (request.target().equals("/start")
                                ? Answers.redirect(status, () -> location)
                                : Answers.honest(content))
                        .answer(request, wire);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void eachKindOfRedirectIsFollowed(int status) throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(redirecting(status, "/there?a=b"))) {
            assertThat(http.read(TaskSpec.of(origin.url("/start")))).isEqualTo(content.bytes());

            assertThat(origin.request(1).target()).isEqualTo("/there?a=b");
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    void onTheSameOriginAllHeadersAreKept() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(redirecting(302, "/there"))) {
            http.read(HttpFixture.spec(origin.url("/start"), ALL));

            for (String header : ALL) {
                String[] parts = header.split(": ");
                assertThat(origin.request(1).header(parts[0])).isEqualTo(parts[1]);
            }
        }
    }

    @Test
    void onTheSameOriginUserinfoIsKept() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(redirecting(302, "there"))) {
            http.read(TaskSpec.of(origin.url("me:pw@127.0.0.1", "/start")));

            assertThat(origin.request(1).header("Authorization"))
                    .isEqualTo(origin.request(0).header("Authorization"))
                    .startsWith("Basic ");
        }
    }

    @Test
    void anotherHostGetsNoCredentialsAndNoTokens() throws IOException {
        try (HostileOrigin other = HostileOrigin.start(Answers.honest(content));
                HostileOrigin origin =
                        HostileOrigin.start(
                                redirecting(307, other.url("localhost", "/x").toString()))) {
            http.read(HttpFixture.spec(origin.url("/start"), ALL));
            http.read(TaskSpec.of(origin.url("me:pw@127.0.0.1", "/start")));

            var seen = other.request(0);
            assertThat(seen.has("Authorization")).isFalse();
            assertThat(seen.has("Cookie")).isFalse();
            assertThat(seen.has("X-Auth-Token")).isFalse();
            assertThat(seen.has("PRIVATE-TOKEN")).isFalse();
            assertThat(seen.header("Accept")).isEqualTo("text/x-test");
            assertThat(seen.header("User-Agent")).isEqualTo("mine");
            assertThat(other.request(1).has("Authorization")).isFalse();
        }
    }

    @Test
    void anotherPortIsAnotherOrigin() throws IOException {
        try (HostileOrigin other = HostileOrigin.start(Answers.honest(content));
                HostileOrigin origin =
                        HostileOrigin.start(redirecting(307, other.url("/x").toString()))) {
            http.read(HttpFixture.spec(origin.url("/start"), ALL));

            assertThat(other.request(0).has("Authorization")).isFalse();
            assertThat(other.request(0).has("X-Auth-Token")).isFalse();
        }
    }

    @Test
    void whatWasDroppedDoesNotComeBack() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                HostileOrigin other =
                        HostileOrigin.start(
                                Answers.redirect(302, () -> origin.url("/back").toString()))) {
            origin.behave(redirecting(302, other.url("/x").toString()));
            http.read(HttpFixture.spec(origin.url("/start"), ALL));

            assertThat(origin.request(1).target()).isEqualTo("/back");
            assertThat(origin.request(1).has("Authorization")).isFalse();
        }
    }

    @Test
    void userinfoInARedirectIsNotUsed() throws IOException {
        try (HostileOrigin other = HostileOrigin.start(Answers.honest(content));
                HostileOrigin origin =
                        HostileOrigin.start(
                                redirecting(302, other.url("u:p@localhost", "/x").toString()))) {
            http.read(TaskSpec.of(origin.url("/start")));

            assertThat(other.request(0).has("Authorization")).isFalse();
        }
    }

    @Test
    void theRangeIsAskedForAtTheEndOfTheWayToo() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(redirecting(302, "/there"))) {
            assertThat(http.read(HttpFixture.range(origin.url("/start"), 10, 20, content.etag())))
                    .hasSize(10);
            assertThat(origin.request(1).header("Range")).isEqualTo("bytes=10-19");
            assertThat(origin.request(1).header("If-Range")).isEqualTo(content.etag());
        }
    }

    @Test
    void aLoopIsFound() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.redirect(302, () -> "/start"))) {
            OriginException failure = http.failure(origin.url("/start"));

            assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
            assertThat(failure).hasMessageContaining("loop");
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void tenRedirectsAreFollowedAndElevenAreNot() throws IOException {
        AtomicInteger left = new AtomicInteger();
        Behaviour chain =
                (request, wire) ->
                        (left.getAndDecrement() > 0
                                        ? Answers.redirect(302, () -> "/" + left.get())
                                        : Answers.honest(content))
                                .answer(request, wire);
        try (HostileOrigin origin = HostileOrigin.start(chain)) {
            left.set(10);
            assertThat(http.read(TaskSpec.of(origin.url("/start")))).isEqualTo(content.bytes());
            left.set(11);
            OriginException failure = http.failure(origin.url("/start"));
            assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
            assertThat(failure).hasMessageContaining("more than 10");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "ftp://127.0.0.1/x",
                "gopher://127.0.0.1/",
                "jar:http://h/x!/y",
                "javascript:alert(1)",
                "data:text/plain,x"
            })
    void redirectsOutOfHttpAreNotFollowed(String location) throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(redirecting(302, location))) {
            OriginException failure = http.failure(origin.url("/start"));

            assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
            assertThat(failure).hasMessageContaining("only http and https");
        }
    }

    @Test
    void aRedirectToAMetadataAddressIsRefused() throws IOException {
        try (HostileOrigin origin =
                HostileOrigin.start(redirecting(302, "http://169.254.169.254/x"))) {
            assertThat(http.failure(origin.url("/start")).kind()).isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void aRedirectWithoutATargetIsAProtocolFailure() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.status(302, "Found"))) {
            assertThat(http.failure(origin.url("/start")).kind()).isEqualTo(Kind.PROTOCOL);
        }
    }

    @Test
    void aTargetWithRawCharactersIsEncoded() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(redirecting(302, "/a b|c?x=%20\u00fc"))) {
            http.read(TaskSpec.of(origin.url("/start")));

            assertThat(origin.request(1).target()).isEqualTo("/a%20b%7Cc?x=%20%FC");
        }
    }

    @Test
    void aLongRedirectBodyIsNotRead() throws IOException {
        Behaviour chatty =
                (request, wire) -> {
                    if (request.target().equals("/start")) {
                        wire.head(
                                        "HTTP/1.1 302 Found",
                                        "Location: /there",
                                        "Content-Length: 1000000000")
                                .body(new byte[1000], 0, 1000)
                                .flush();
                    } else {
                        Answers.honest(content).answer(request, wire);
                    }
                };
        try (HostileOrigin origin = HostileOrigin.start(chatty)) {
            assertThat(http.read(TaskSpec.of(origin.url("/start")))).isEqualTo(content.bytes());
        }
    }
}
