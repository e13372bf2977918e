// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.origin.testing.Seen;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Contents whose first request asks for the first part only.
final class FirstPartTest {
    private static final int MIB = 1 << 20;

    private final Content big = Content.random(1, 40 * MIB + 77);
    private final ReaderFixture slow =
            new ReaderFixture(
                    OriginReaderTest.withSlowStream(ReaderSettings.DEFAULT, Long.MAX_VALUE));
    private final ReaderFixture fast =
            new ReaderFixture(OriginReaderTest.withSlowStream(ReaderSettings.DEFAULT, 1));

    @AfterEach
    void close() {
        slow.close();
        fast.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1024, MIB - 1, MIB})
    void aSmallContentIsOneRequest(int length) throws IOException {
        for (Content content :
                new Content[] {
                    Content.random(2, length), Content.random(2, length).withoutValidators()
                }) {
            try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
                assertThat(slow.read(origin.url("/f"))).isEqualTo(content.bytes());

                assertThat(origin.requests()).hasSize(1);
                assertThat(origin.bytesSent()).isEqualTo(length);
            }
        }
    }

    @Test
    void anEmptyContentHasNoFirstPart() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(Content.random(3, 0)))) {
            assertThat(slow.read(origin.url("/f"))).isEmpty();

            assertThat(origin.requests()).hasSize(2);
        }
    }

    @Test
    void aSlowOriginIsReadBySeveralConnectionsAndEachByteOnce() throws IOException {
        CountDownLatch another = new CountDownLatch(1);
        Behaviour patient =
                (request, wire) -> {
                    if (request.connection() > 0) {
                        another.countDown();
                    } else if (!request.header("Range").startsWith("bytes=0-")) {
                        // Or else the first would have read all before the others begin.
                        await(another);
                    }
                    Answers.honest(big).answer(request, wire);
                };
        try (HostileOrigin origin = HostileOrigin.start(patient)) {
            assertThat(slow.read(origin.url("/f"))).isEqualTo(big.bytes());

            assertThat(origin.connections()).isBetween(2, 4);
            assertThat(origin.bytesSent()).isEqualTo(big.bytes().length);
            // The first part, the rest of its stretch of 16 MiB, the other stretches.
            assertThat(origin.requests()).hasSizeLessThanOrEqualTo(7);
        }
    }

    private static void await(CountDownLatch signal) {
        try {
            var _ = signal.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        }
    }

    @Test
    void aFastOriginIsAskedTwiceOnOneConnection() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(big))) {
            assertThat(fast.read(origin.url("/f"))).isEqualTo(big.bytes());

            assertThat(origin.connections()).isEqualTo(1);
            assertThat(origin.bytesSent()).isEqualTo(big.bytes().length);
            assertThat(origin.requests()).hasSize(2);
        }
    }

    @Test
    void whatIgnoresRangesIsReadByItsFirstAnswer() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.ignoringRange(big))) {
            assertThat(slow.read(origin.url("/f"))).isEqualTo(big.bytes());

            assertThat(origin.requests()).hasSize(1);
            assertThat(origin.bytesSent()).isEqualTo(big.bytes().length);
        }
    }

    @Test
    void whatNamesNoVersionIsReadByOneAnswerAndItsOriginIsRemembered() throws IOException {
        Content unnamed = big.withEtag("W/\"1\"");
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(unnamed))) {
            assertThat(slow.read(origin.url("/f"))).isEqualTo(big.bytes());
            assertThat(slow.read(origin.url("/g"))).isEqualTo(big.bytes());

            assertThat(origin.requests().stream().map(r -> r.has("Range")))
                    .containsExactly(true, false, false);
            assertThat(origin.bytesSent()).isLessThanOrEqualTo(2L * big.bytes().length + MIB);
        }
    }

    @Test
    void serversThatMistakeRangesAreAskedForAll() throws IOException {
        for (Behaviour mistaken :
                new Behaviour[] {
                    Answers.refusingRanges(big),
                    Answers.wrongContentRange(big, 5),
                    Answers.partUnder200(big),
                    Answers.honest(big).ranged(Answers.status(400, "Bad Request"))
                }) {
            try (HostileOrigin origin = HostileOrigin.start(mistaken)) {
                assertThat(slow.read(origin.url("/f"))).isEqualTo(big.bytes());
            }
        }
    }

    /// Servers of one origin that make ETags of their own: what one answer gives is good.
    @Test
    void serversThatNameAVersionDifferentlyAreAskedForAllTheNextTime() throws IOException {
        AtomicInteger server = new AtomicInteger();
        Behaviour farm =
                (request, wire) ->
                        Answers.honest(big.withEtag("\"" + server.incrementAndGet() + "\""))
                                .answer(request, wire);
        try (HostileOrigin origin = HostileOrigin.start(farm)) {
            OriginException failure =
                    catchThrowableOfType(OriginException.class, () -> fast.read(origin.url("/f")));
            assertThat(failure.kind()).isEqualTo(Kind.CHANGED);

            assertThat(fast.read(origin.url("/f"))).isEqualTo(big.bytes());
        }
    }

    @Test
    void aVersionThatStillHoldsIsNotSentAgain() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(big))) {
            try (OpenedOrigin first = slow.reader.open(TaskSpec.of(origin.url("/f")), null);
                    OpenedOrigin again =
                            slow.reader.open(TaskSpec.of(origin.url("/f")), first.validators())) {
                assertThat(again.notModified()).isTrue();
            }
            assertThat(origin.requests().stream().map(Seen::method)).containsExactly("GET", "GET");
        }
    }
}
