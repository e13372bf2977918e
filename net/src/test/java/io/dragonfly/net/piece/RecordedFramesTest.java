// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/// Frames as the first release wrote them, against the client and the server of today.
@Timeout(60)
final class RecordedFramesTest {
    private static final Map<String, byte[]> FRAMES = new HashMap<>();

    @BeforeAll
    static void read() throws IOException {
        try (InputStream in = RecordedFramesTest.class.getResourceAsStream("/piece/1/frames.txt")) {
            String text =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.lines().filter(l -> !l.startsWith("#")).toList()) {
                String[] words = line.split(" ", 2);
                FRAMES.put(words[0], HexFormat.of().parseHex(words[1].replace(" ", "")));
            }
        }
    }

    private static byte[] frame(String name) {
        return Objects.requireNonNull(FRAMES.get(name), name);
    }

    private static RangeRequest request(boolean wantsDigests) {
        return new RangeRequest(PieceFixture.VERSION, PieceFixture.SECRET, 2, 7, 9, wantsDigests);
    }

    @Test
    void aRequestIsWhatItWas() throws IOException {
        for (boolean wantsDigests : List.of(false, true)) {
            byte[] recorded = frame(wantsDigests ? "request-with-digests" : "request");
            assertThat(RawPeer.requestBytes(request(wantsDigests))).isEqualTo(recorded);
            ByteBuffer body = ByteBuffer.wrap(recorded, 1, recorded.length - 1);
            assertThat(Wire.request(body)).isEqualTo(request(wantsDigests));
        }
    }

    /// A parent of the first release, which hears what it would and answers what it did.
    private static RangeResult fetch(Recorder recorder, String... answers) throws IOException {
        CompletableFuture<byte[]> heard = new CompletableFuture<>();
        try (FakeParent parent =
                        new FakeParent((in, out) -> {
                            byte[] hello = in.readNBytes(frame("client-hello").length);
                            out.write(frame("server-hello"));
                            byte[] asked = in.readNBytes(frame("request").length);
                            heard.complete(FakeParent.join(hello, asked));
                            for (String answer : answers) {
                                out.write(frame(answer));
                            }
                            in.readAllBytes();
                        });
                PieceFixture fixture = new PieceFixture()) {
            RangeResult result =
                    fixture.client
                            .begin(parent.address(), request(false), recorder, Throttle.NONE)
                            .run();
            assertThat(heard.join())
                    .isEqualTo(FakeParent.join(frame("client-hello"), frame("request")));
            return result;
        }
    }

    @Test
    void aClientOfTodayUnderstandsAServerOfThen() throws IOException {
        Recorder all = new Recorder();
        assertThat(fetch(all, "header", "waiting", "block-7", "block-8"))
                .isEqualTo(new RangeResult.Complete(9));
        assertThat(all.blocks.get(7)).asString(StandardCharsets.UTF_8).isEqualTo("abcd");
        assertThat(all.blocks.get(8)).asString(StandardCharsets.UTF_8).isEqualTo("efg");
        assertThat(all.waits).hasValue(1);

        assertThat(fetch(new Recorder(), "header", "block-7", "end-at-8"))
                .isEqualTo(new RangeResult.Complete(8));
        assertThat(failure("error-unknown-version")).isEqualTo(FailureReason.UNKNOWN_VERSION);
        assertThat(failure("error-busy")).isEqualTo(FailureReason.BUSY);
    }

    private static FailureReason failure(String answer) throws IOException {
        return ((RangeResult.Failed) fetch(new Recorder(), answer)).reason();
    }

    @Test
    void aServerOfTodayUnderstandsAClientOfThen() throws IOException {
        try (PieceFixture fixture = new PieceFixture();
                RawPeer client = new RawPeer(fixture.address)) {
            client.send(frame("client-hello"));
            byte[] hello = frame("server-hello");
            assertThat(client.read(hello.length)).isEqualTo(hello);

            client.send(frame("ping"));
            assertThat(client.read(Wire.HEAD)).isEqualTo(frame("pong"));
            client.send(frame("request"));
            assertThat(client.read(Wire.HEAD)).isEqualTo(frame("error-unknown-version"));
        }
    }
}
