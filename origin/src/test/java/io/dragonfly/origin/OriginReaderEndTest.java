// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// How a reading ends, other than with the last block.
@Timeout(60)
final class OriginReaderEndTest {
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

    @Test
    void aBusyOriginIsAskedAgainAfterItsRetryAfter() throws IOException {
        try (HostileOrigin origin =
                HostileOrigin.start(
                        Answers.status(503, "Busy", "Retry-After: 7")
                                .times(2, Answers.honest(content)))) {
            assertThat(one.read(origin.url("/f"))).isEqualTo(content.bytes());

            assertThat(one.pauses)
                    .hasSize(2)
                    .allMatch(p -> p.toMillis() >= 7000 && p.toMillis() <= 7700);
        }
    }

    @Test
    void aRetryAfterBeyondTheLimitEndsTheReadingAtOnce() throws IOException {
        try (HostileOrigin origin =
                HostileOrigin.start(Answers.status(429, "Slow down", "Retry-After: 3600"))) {
            OriginException failure = failure(one, origin.url("/f"));

            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(failure.retryAfter()).isEqualTo(Duration.ofHours(1));
            assertThat(one.pauses).isEmpty();
        }
    }

    @Test
    void aRefusalIsNotRetried() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.status(404, "Not Found"))) {
            assertThat(failure(one, origin.url("/f")).kind()).isEqualTo(Kind.NOT_FOUND);
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void aChunkedAnswerThatIsCutHasNoLength() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.chunkedCut(content, 5000))) {
            CollectingSink sink = new CollectingSink();
            OriginException failure =
                    catchThrowableOfType(
                            OriginException.class, () -> one.read(origin.url("/f"), sink));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(sink.length()).isEqualTo(Geometry.UNKNOWN);
        }
    }

    @Test
    void gzipIsReadAsAContentOfUnknownLength() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.gzip(content))) {
            CollectingSink sink = new CollectingSink();

            OpenedOrigin opened = many.read(origin.url("/f"), sink);

            assertThat(opened.length()).isEqualTo(Geometry.UNKNOWN);
            assertThat(sink.bytes()).isEqualTo(content.bytes());
            assertThat(sink.length()).isEqualTo(content.bytes().length);
        }
    }

    @Test
    void aDripIsNotEndured() throws IOException {
        // A clock on which each look takes a second: the drip's bytes cost a second of waiting
        // each.
        AtomicInteger clock = new AtomicInteger();
        OriginReader reader =
                new OriginReader(
                        one.origins,
                        new ReaderSettings(
                                1,
                                8 * BLOCK,
                                16 * BLOCK,
                                1,
                                0,
                                Duration.ofMillis(1),
                                Duration.ofMillis(1),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(30),
                                10_000),
                        new java.util.Random(1),
                        (_, _) -> {},
                        () -> clock.incrementAndGet() * 1_000_000_000L);
        try (HostileOrigin origin = HostileOrigin.start(Answers.dripping(content, 100, 1));
                OpenedOrigin opened = reader.open(TaskSpec.of(origin.url("/f")), null)) {
            OriginException failure =
                    catchThrowableOfType(
                            OriginException.class,
                            () ->
                                    opened.read(
                                            ReaderFixture.geometry(opened.length()),
                                            new CollectingSink(),
                                            _ -> {}));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure).hasMessageContaining("too slow");
        }
    }

    @Test
    void whereNothingListensTheFirstContactFailsSoon() throws IOException {
        URI nobody;
        try (HostileOrigin origin = HostileOrigin.start(Answers.silent())) {
            nobody = origin.url("/f");
        }
        try (ReaderFixture patient = new ReaderFixture(ReaderSettings.DEFAULT)) {
            OriginException failure = failure(patient, nobody);

            assertThat(failure).hasMessageContaining("refused");
            assertThat(patient.pauses).hasSize(2);
            assertThat(patient.pauses.stream().mapToLong(Duration::toMillis).sum())
                    .isLessThan(1000);
        }
    }

    @Test
    void aStallIsResumedOnANewConnection() throws IOException {
        Behaviour fault = Answers.stalling(content, 50 * BLOCK);
        try (HostileOrigin origin = HostileOrigin.start(fault.times(1, Answers.honest(content)));
                ReaderFixture impatient =
                        new ReaderFixture(
                                ReaderFixture.ONE_CONNECTION,
                                ReaderFixture.settings(Duration.ofMillis(300)))) {
            assertThat(impatient.read(origin.url("/f"))).isEqualTo(content.bytes());
        }
    }

    @Test
    void aSinkThatFailsEndsTheReadingWithItsException() throws IOException {
        OriginReader.Sink full =
                new OriginReader.Sink() {
                    @Override
                    public boolean has(int block) {
                        return false;
                    }

                    @Override
                    public void block(int block, Sha256 digest, ByteBuffer bytes)
                            throws IOException {
                        if (block == 60) {
                            throw new IOException("disk full");
                        }
                    }

                    @Override
                    public void length(long length) {}
                };
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            for (ReaderFixture fixture : new ReaderFixture[] {one, many}) {
                assertThatThrownBy(() -> fixture.read(origin.url("/f"), full))
                        .isInstanceOf(IOException.class)
                        .hasMessage("disk full");
            }
        }
    }

    @Test
    void closingEndsAReadingThatWaits() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CollectingSink sink = new CollectingSink();
        try (HostileOrigin origin = HostileOrigin.start(Answers.stalling(content, 50 * BLOCK));
                OpenedOrigin opened = one.reader.open(TaskSpec.of(origin.url("/f")), null)) {
            Closeable other = opened;
            Thread closer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    reading.await();
                                    other.close();
                                } catch (InterruptedException | IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            OriginException failure =
                    catchThrowableOfType(
                            OriginException.class,
                            () ->
                                    opened.read(
                                            ReaderFixture.geometry(opened.length()),
                                            sink,
                                            _ -> {
                                                if (sink.order().size() == 49) {
                                                    reading.countDown();
                                                }
                                            }));

            closer.join();
            assertThat(failure).hasMessageContaining("cancelled");
            assertThat(one.pauses).isEmpty();
            sink.assertOnlyPartsOf(content.bytes(), BLOCK);
        }
    }

    @Test
    void theThrottleIsToldEachBlockBeforeItIsRead() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                OpenedOrigin opened = one.reader.open(TaskSpec.of(origin.url("/f")), null)) {
            long[] told = {0};
            CollectingSink sink = new CollectingSink();

            opened.read(ReaderFixture.geometry(opened.length()), sink, bytes -> told[0] += bytes);

            assertThat(told[0]).isEqualTo(content.bytes().length);
        }
    }
}
