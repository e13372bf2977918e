// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.origin.testing.Seen;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.stream.IntStream;

final class OriginReaderTest {
    private static final int BLOCK = ReaderFixture.BLOCK;

    private final Content content = Content.random(1, 300 * BLOCK + 123);
    private final ReaderFixture many = new ReaderFixture(ReaderFixture.SETTINGS);
    private final ReaderFixture one = new ReaderFixture(ReaderFixture.ONE_CONNECTION);

    @AfterEach
    void close() {
        many.close();
        one.close();
    }

    @Test
    void oneConnectionReadsTheWholeContentInOrder() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            CollectingSink sink = new CollectingSink();

            OpenedOrigin opened = one.read(origin.url("/f"), sink);

            assertThat(sink.bytes()).isEqualTo(content.bytes());
            assertThat(sink.order()).isEqualTo(IntStream.range(0, 301).boxed().toList());
            assertThat(opened.length()).isEqualTo(content.bytes().length);
            assertThat(opened.validators().etag()).isEqualTo(content.etag());
            assertThat(opened.acceptsRanges()).isTrue();
            assertThat(origin.requests()).hasSize(1);
            assertThat(origin.request(0).method()).isEqualTo("GET");
            assertThat(origin.request(0).has("Range")).isFalse();
            assertThat(origin.request(0).header("Accept-Encoding")).isEqualTo("identity");
        }
    }

    @Test
    void severalConnectionsReadRangesThatBelongToTheSameVersion() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            assertThat(many.read(origin.url("/f"))).isEqualTo(content.bytes());

            assertThat(origin.connections()).isGreaterThan(1).isLessThanOrEqualTo(5);
            assertThat(origin.requests().stream().filter(r -> r.has("Range")).toList())
                    .isNotEmpty()
                    .allMatch(r -> r.header("If-Range").equals(content.etag()));
        }
    }

    @Test
    void aFastOriginIsReadByOneConnectionAndEachByteOnce() throws IOException {
        ReaderSettings relaxed = ReaderSettings.DEFAULT;
        Content big = Content.random(2, 40 << 20);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(big));
                ReaderFixture fixture = new ReaderFixture(withSlowStream(relaxed, 1))) {
            assertThat(fixture.read(origin.url("/f"))).isEqualTo(big.bytes());

            assertThat(origin.requests()).hasSize(1);
            assertThat(origin.bytesSent()).isEqualTo(big.bytes().length);
        }
    }

    @Test
    void blocksThatAreHereAreNotReadAgain() throws IOException {
        Geometry geometry = ReaderFixture.geometry(content.bytes().length);
        int[] held =
                IntStream.range(0, 301).filter(b -> b < 100 || (b > 150 && b != 290)).toArray();
        CollectingSink sink = new CollectingSink();
        sink.hold(content.bytes(), geometry, held);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                OpenedOrigin opened =
                        one.reader.open(
                                TaskSpec.of(origin.url("/f")),
                                one.reader
                                        .open(TaskSpec.of(origin.url("/f")), null)
                                        .validators())) {
            assertThat(opened.notModified()).isTrue();

            opened.read(geometry, sink, _ -> {});

            assertThat(sink.bytes()).isEqualTo(content.bytes());
            assertThat(sink.order())
                    .containsExactlyElementsOf(
                            IntStream.concat(IntStream.rangeClosed(100, 150), IntStream.of(290))
                                    .boxed()
                                    .toList());
            assertThat(origin.requests().stream().skip(2).map(Seen::range))
                    .allMatch(r -> r.isPresent());
        }
    }

    @Test
    void aContentOfUnknownLengthTellsItsLengthAtTheEnd() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.chunked(content, 1000))) {
            CollectingSink sink = new CollectingSink();

            OpenedOrigin opened = one.read(origin.url("/f"), sink);

            assertThat(opened.length()).isEqualTo(Geometry.UNKNOWN);
            assertThat(sink.bytes()).isEqualTo(content.bytes());
            assertThat(sink.length()).isEqualTo(content.bytes().length);
        }
    }

    @Test
    void anEmptyContentIsComplete() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(Content.random(1, 0)))) {
            assertThat(one.read(origin.url("/f"))).isEmpty();
            assertThat(many.read(origin.url("/f"))).isEmpty();
        }
    }

    @Test
    void anUnknownSchemeIsRefusedWithTheKnownOnes() {
        var failure =
                catchThrowableOfType(
                        OriginException.class,
                        () ->
                                one.reader.open(
                                        TaskSpec.of(java.net.URI.create("gopher://h/x")), null));

        assertThat(failure.kind()).isEqualTo(OriginException.Kind.REFUSED);
        assertThat(failure)
                .hasMessageContaining("gopher")
                .hasMessageContaining("file, http, https");
    }

    static ReaderSettings withSlowStream(ReaderSettings s, long slowStream) {
        return new ReaderSettings(
                s.connections(),
                s.stretchBytes(),
                s.parallelFrom(),
                slowStream,
                s.maxRetries(),
                s.firstBackoff(),
                s.maxBackoff(),
                s.maxRetryAfter(),
                s.progressWindow(),
                s.minProgress());
    }

    @Test
    void whetherAVersionIsGivenCostsOneByteAtMost() throws IOException {
        Validators known = new Validators(content.etag(), "");
        Validators other = new Validators("\"other\"", "");
        Cancellation never = new Cancellation();
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content))) {
            TaskSpec spec = TaskSpec.of(origin.url("/f"));

            assertThat(many.reader.gives(spec, known, never)).isTrue();
            assertThat(many.reader.gives(spec, other, never)).isFalse();
            assertThat(origin.bytesSent()).isEqualTo(1);
        }
        try (HostileOrigin origin = HostileOrigin.start(Answers.ignoringRange(content))) {
            TaskSpec spec = TaskSpec.of(origin.url("/f"));

            assertThat(many.reader.gives(spec, known, never)).isTrue();
            assertThat(many.reader.gives(spec, other, never)).isFalse();
        }
        try (HostileOrigin origin = HostileOrigin.start(Answers.status(403, "Forbidden"))) {
            TaskSpec spec = TaskSpec.of(origin.url("/f"));

            OriginException denied =
                    catchThrowableOfType(
                            OriginException.class, () -> many.reader.gives(spec, known, never));
            assertThat(denied.kind()).isEqualTo(OriginException.Kind.DENIED);
        }
    }
}
