// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.Freshness;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginRequest;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.origin.testing.Mangler;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Answers of any bytes: the client takes them or says in one line why not; nothing else gets out.
@Timeout(120)
final class HeadFuzzTest {
    private static final int ANSWERS = 150;
    private static final int TEXTS = 3000;
    private static final long YEAR = 365L * 24 * 3600;

    private static final List<String> GOOD =
            List.of(
                    """
                    HTTP/1.1 200 OK\r
                    Content-Length: 5\r
                    ETag: "a"\r
                    Content-Type: text/plain\r
                    Cache-Control: max-age=60, private\r
                    \r
                    12345\
                    """,
                    """
                    HTTP/1.1 206 Partial Content\r
                    Content-Length: 5\r
                    Content-Range: bytes 0-4/10\r
                    ETag: W/"b"\r
                    Last-Modified: Fri, 20 Nov 2026 12:00:00 GMT\r
                    \r
                    12345\
                    """,
                    """
                    HTTP/1.1 200 OK\r
                    Transfer-Encoding: chunked\r
                    Content-Encoding: gzip\r
                    Content-Type: ;\r
                    \r
                    5\r
                    12345\r
                    0\r
                    \r
                    """,
                    """
                    HTTP/1.1 503 Busy\r
                    Retry-After: 120\r
                    Content-Length: 0\r
                    \r
                    """,
                    """
                    HTTP/1.1 302 Found\r
                    Location: /again\r
                    Content-Length: 0\r
                    \r
                    """);

    private static final List<String> WORDS =
            List.of(
                    "\r\n",
                    "\r\n\r\n",
                    "Content-Length: 99999999999999999999\r\n",
                    "Content-Length: -1\r\n",
                    "Content-Range: bytes */5\r\n",
                    "Content-Encoding: gzip\r\n",
                    "Content-Encoding: br\r\n",
                    "Content-Type: ;\r\n",
                    "Transfer-Encoding: chunked\r\n",
                    "Location: http://[::1\r\n",
                    "Location: ftp://x/y\r\n",
                    "Location:\r\n",
                    "ETag: \"\r\n",
                    "Vary: *\r\n",
                    "Set-Cookie: a=b\r\n",
                    "HTTP/1.1 ",
                    "HTTP/0.9",
                    "304",
                    "416",
                    "999",
                    "100",
                    "bytes ",
                    "-",
                    "/",
                    "*",
                    "9223372036854775807",
                    "max-age=",
                    "s-maxage=\"10\"",
                    "no-store",
                    "=",
                    "Fri, 31 Feb 9999 25:61:61 GMT");

    static List<Long> seeds() {
        return new Random(31).longs(3).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anAnswerIsTakenOrRefusedInOneLine(long seed) throws IOException {
        Mangler mangler = new Mangler(seed, WORDS);
        try (HostileOrigin origin =
                        HostileOrigin.start((_, wire) -> {
                            wire.raw(mangler.mangle(GOOD));
                            wire.close();
                        });
                HttpFixture http = new HttpFixture()) {
            URI url = origin.url("/f?key=secret");
            for (int i = 0; i < ANSWERS; i++) {
                OriginRequest request =
                        i % 2 == 0
                                ? OriginRequest.whole(TaskSpec.of(url))
                                : HttpFixture.range(url, 0, 5, "\"a\"");
                Optional<Exception> failure = failure(http, request);
                failure.ifPresent(e ->
                        assertThat(e)
                                .as("seed %d", seed)
                                .isInstanceOf(OriginException.class)
                                .message()
                                .hasLineCount(1)
                                .hasSizeLessThan(1000)
                                .doesNotContain("secret"));
            }
        }
    }

    private static Optional<Exception> failure(HttpFixture http, OriginRequest request) {
        try {
            var _ = http.read(request);
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.of(e);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aRangeMakesSenseOrIsNone(long seed) {
        Mangler mangler = new Mangler(seed, WORDS);
        List<String> good = List.of("bytes 0-4/10", "bytes 7-9/*", "bytes 5-5/6");
        int accepted = 0;
        for (int i = 0; i < TEXTS; i++) {
            String text = mangler.mangledText(good);
            Optional<ContentRange> range = ContentRange.parse(text);
            if (range.isPresent()) {
                ContentRange r = range.get();
                accepted++;
                assertThat(r.first()).as("seed %d: %s", seed, text).isNotNegative();
                assertThat(r.length()).as("seed %d: %s", seed, text).isPositive();
                assertThat(r.total() == -1 || r.last() < r.total())
                        .as("seed %d: %s", seed, text)
                        .isTrue();
                String again =
                        "bytes %d-%d/%s"
                                .formatted(
                                        r.first(),
                                        r.last(),
                                        r.total() < 0 ? "*" : Long.toString(r.total()));
                assertThat(ContentRange.parse(again)).contains(r);
            }
        }
        assertThat(accepted).as("some damage leaves a range").isPositive();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void timesOfACacheStayWithinTheirBounds(long seed) {
        Mangler mangler = new Mangler(seed, WORDS);
        List<String> good =
                List.of(
                        "max-age=60, private",
                        "no-cache",
                        "s-maxage=10, max-age=5",
                        "120",
                        "Fri, 20 Nov 2026 12:00:00 GMT",
                        "authorization, Cookie");
        for (int i = 0; i < TEXTS; i++) {
            Freshness freshness =
                    CacheHeaders.freshness(
                            _ -> mangler.mangledText(good), Set.of("cookie"), HttpFixture.NOW);
            assertThat(freshness.maxAgeSeconds()).as("seed %d", seed).isBetween(0L, YEAR);
            assertThat(CacheHeaders.retryAfter(mangler.mangledText(good), HttpFixture.NOW))
                    .as("seed %d", seed)
                    .isBetween(Duration.ZERO, Duration.ofSeconds(YEAR));
        }
    }
}
