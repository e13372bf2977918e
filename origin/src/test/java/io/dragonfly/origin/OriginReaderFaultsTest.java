// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Origins that fail in the middle: right bytes or a clear failure, never wrong bytes.
@Timeout(60)
final class OriginReaderFaultsTest {
    private static final int BLOCK = ReaderFixture.BLOCK;

    private final Content content = Content.random(1, 200 * BLOCK + 123);
    private final ReaderFixture many = new ReaderFixture(ReaderFixture.SETTINGS);
    private final ReaderFixture one = new ReaderFixture(ReaderFixture.ONE_CONNECTION);

    @AfterEach
    void close() {
        many.close();
        one.close();
    }

    private OriginException failure(ReaderFixture fixture, URI url) {
        CollectingSink sink = new CollectingSink();
        OriginException failure =
                catchThrowableOfType(OriginException.class, () -> fixture.read(url, sink));
        sink.assertOnlyPartsOf(content.bytes(), BLOCK);
        assertThat(sink.bytes()).hasSizeLessThan(content.bytes().length);
        return failure;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTruncatedAnswerIsResumedFromTheFirstMissingByte(boolean reset) throws IOException {
        Behaviour fault =
                reset
                        ? Answers.resetting(content, 50 * BLOCK + 777)
                        : Answers.truncating(content, 50 * BLOCK + 777);
        try (HostileOrigin origin = HostileOrigin.start(fault.times(1, Answers.honest(content)))) {
            assertThat(one.read(origin.url("/f"))).isEqualTo(content.bytes());

            assertThat(one.pauses).hasSize(1);
            assertThat(origin.request(1).header("If-Range")).isEqualTo(content.etag());
            if (!reset) {
                // A reset may take with it what was not read yet.
                assertThat(origin.request(1).range().orElseThrow()[0]).isEqualTo(50 * BLOCK + 777);
            }
        }
    }

    @Test
    void progressResetsTheNumberOfRetries() throws IOException {
        // Each answer gives 70 KB, so it takes more answers than retries are allowed in a row.
        try (HostileOrigin origin = HostileOrigin.start(Answers.truncating(content, 70_000))) {
            assertThat(one.read(origin.url("/f"))).isEqualTo(content.bytes());

            assertThat(one.pauses)
                    .hasSizeGreaterThan(ReaderFixture.ONE_CONNECTION.maxRetries())
                    .allMatch(p -> p.compareTo(Duration.ofMillis(100)) <= 0);
        }
    }

    @Test
    void withoutProgressTheRetriesEndAndTheirPausesGrow() throws IOException {
        Behaviour nothing = Answers.truncating(content, 10 * BLOCK);
        try (HostileOrigin origin =
                HostileOrigin.start(nothing.times(1, Answers.status(503, "Busy")))) {
            OriginException failure = failure(one, origin.url("/f"));

            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(one.pauses).hasSize(3);
            assertThat(one.pauses.get(1)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
            assertThat(one.pauses.get(2)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "W/\"weak\""})
    void withoutAStrongEtagABrokenAnswerEndsTheVersion(String etag) throws IOException {
        Content weak = content.withEtag(etag);
        Behaviour fault = Answers.truncating(weak, 50 * BLOCK);
        try (HostileOrigin origin = HostileOrigin.start(fault.times(1, Answers.honest(weak)))) {
            OriginException failure = failure(many, origin.url("/f"));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure).hasMessageContaining("cut off");
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "W/\"weak\""})
    void withoutAStrongEtagOneAnswerIsReadWhole(String etag) throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content.withEtag(etag)))) {
            assertThat(many.read(origin.url("/f"))).isEqualTo(content.bytes());

            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void anotherEtagMidwayEndsTheVersion() throws IOException {
        Content next = Content.random(2, content.bytes().length);
        Behaviour fault = Answers.truncating(content, 50 * BLOCK);
        try (HostileOrigin origin = HostileOrigin.start(fault.times(1, Answers.honest(next)))) {
            OriginException failure = failure(one, origin.url("/f"));

            assertThat(failure.kind()).isEqualTo(Kind.CHANGED);
            assertThat(failure.retryable()).isFalse();
        }
    }

    @Test
    void anotherLengthUnderTheSameEtagEndsTheVersion() throws IOException {
        Content next = Content.random(2, content.bytes().length - 5).withEtag(content.etag());
        Behaviour fault = Answers.truncating(content, 50 * BLOCK);
        try (HostileOrigin origin = HostileOrigin.start(fault.times(1, Answers.honest(next)))) {
            assertThat(failure(one, origin.url("/f")).kind()).isEqualTo(Kind.CHANGED);
        }
    }

    @Test
    void aServerThatIgnoresIfRangeIsFoundOutByItsEtag() throws IOException {
        Content next = Content.random(2, content.bytes().length);
        Behaviour ignorant =
                (request, wire) -> {
                    long[] range = request.range().orElseThrow();
                    long last = Math.min(range[1], next.bytes().length - 1);
                    wire.head(
                                    "HTTP/1.1 206 Partial Content",
                                    "ETag: " + next.etag(),
                                    "Content-Length: " + (last + 1 - range[0]),
                                    "Content-Range: bytes "
                                            + range[0]
                                            + "-"
                                            + last
                                            + "/"
                                            + next.bytes().length)
                            .body(next.bytes(), range[0], last + 1);
                };
        Behaviour fault = Answers.truncating(content, 50 * BLOCK);
        try (HostileOrigin origin = HostileOrigin.start(fault.times(1, ignorant))) {
            assertThat(failure(one, origin.url("/f")).kind()).isEqualTo(Kind.CHANGED);
        }
    }

    @Test
    void aPartWithoutAnEtagIsNotBelieved() throws IOException {
        Content nameless = Content.random(2, content.bytes().length).withEtag("");
        Behaviour ignorant =
                (request, wire) -> {
                    long[] range = request.range().orElseThrow();
                    long last = Math.min(range[1], nameless.bytes().length - 1);
                    wire.head(
                                    "HTTP/1.1 206 Partial Content",
                                    "Content-Length: " + (last + 1 - range[0]),
                                    "Content-Range: bytes "
                                            + range[0]
                                            + "-"
                                            + last
                                            + "/"
                                            + nameless.bytes().length)
                            .body(nameless.bytes(), range[0], last + 1);
                };
        Behaviour fault = Answers.truncating(content, 50 * BLOCK);
        Behaviour then = Answers.honest(content).ranged(ignorant);
        try (HostileOrigin origin = HostileOrigin.start(fault.times(1, then))) {
            // The whole is asked for instead, and that has the ETag.
            assertThat(one.read(origin.url("/f"))).isEqualTo(content.bytes());
        }
    }

    @Test
    void originsThatAnswerRangesBadlyAreReadByOneConnection() throws IOException {
        for (Behaviour bad :
                new Behaviour[] {
                    Answers.ignoringRange(content),
                    Answers.wrongContentRange(content, BLOCK),
                    Answers.wrongContentRange(content, -1),
                    Answers.partUnder200(content),
                    Answers.refusingRanges(content),
                    Answers.honest(content).ranged(Answers.status(500, "Oops")),
                    Answers.honest(content).ranged(Answers.status(403, "Forbidden")),
                    Answers.honest(content).ranged(Answers.silent()),
                    Answers.honest(content).ranged(Answers.gzip(content)),
                }) {
            try (HostileOrigin origin = HostileOrigin.start(bad)) {
                assertThat(many.read(origin.url("/f"))).isEqualTo(content.bytes());
            }
        }
    }

    @Test
    void anOriginWithoutRangesIsReadAgainFromTheStartAfterAFailure() throws IOException {
        Behaviour fault = Answers.truncating(content, 50 * BLOCK);
        try (HostileOrigin origin =
                HostileOrigin.start(fault.times(1, Answers.ignoringRange(content)))) {
            CollectingSink sink = new CollectingSink();

            one.read(origin.url("/f"), sink);

            assertThat(sink.bytes()).isEqualTo(content.bytes());
        }
    }

    @Test
    void furtherConnectionsThatFailGiveTheirWorkBack() throws IOException {
        AtomicInteger ranges = new AtomicInteger();
        Behaviour flaky =
                (request, wire) ->
                        (ranges.getAndIncrement() % 2 == 0
                                        ? Answers.resetting(content, BLOCK + 5)
                                        : Answers.honest(content))
                                .answer(request, wire);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content).ranged(flaky))) {
            assertThat(many.read(origin.url("/f"))).isEqualTo(content.bytes());
        }
    }

    @Test
    void shortLivedUrlsAreSignedAgainForEachRange() throws IOException {
        Behaviour signed = Answers.signed(content);
        AtomicInteger bodies = new AtomicInteger();
        Behaviour breaking =
                (request, wire) -> {
                    if (request.target().startsWith("/signed") && bodies.getAndIncrement() < 2) {
                        Answers.truncating(content, 70_000).answer(request, wire);
                    } else {
                        signed.answer(request, wire);
                    }
                };
        try (HostileOrigin origin = HostileOrigin.start(breaking)) {
            assertThat(one.read(origin.url("/f"))).isEqualTo(content.bytes());

            assertThat(origin.requests().stream().filter(r -> r.target().equals("/f"))).hasSize(3);
        }
    }

    @Test
    void moreBytesThanPromisedNeverBecomeACompleteContent() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.wrongLength(content, -100))) {
            CollectingSink sink = new CollectingSink();
            OriginException failure =
                    catchThrowableOfType(
                            OriginException.class, () -> one.read(origin.url("/f"), sink));

            assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
            assertThat(sink.bytes()).hasSizeLessThan(content.bytes().length - 100);
        }
    }
}
