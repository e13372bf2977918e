// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.TaskSpec;
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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bodies: complete, decoded, or a failure.
final class HttpBodyTest {
    private final Content content = Content.random(7, 50_000);
    private final HttpFixture http = new HttpFixture();

    @AfterEach
    void close() {
        http.close();
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
                    content.bytes(),
                    Arrays.copyOf(good, good.length - 5),
                    flipped,
                    tail,
                    brokenSecond,
                    {}
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
}
