// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static io.dragonfly.net.piece.PieceCounters.Count.BYTES_RECEIVED;
import static io.dragonfly.net.piece.PieceCounters.Count.BYTES_SENT;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_OPENED;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_REUSED;
import static io.dragonfly.net.piece.PieceCounters.Count.REQUESTS;
import static io.dragonfly.net.piece.PieceCounters.Count.STORE_ERRORS;
import static io.dragonfly.net.piece.PieceFixture.BLOCK;
import static io.dragonfly.net.piece.PieceFixture.SECRET;
import static io.dragonfly.net.piece.PieceFixture.VERSION;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CompletableFuture;

/// A client and a server over loopback.
@Timeout(60)
@ParameterizedClass(name = "TLS {0}")
@ValueSource(booleans = {false, true})
class PieceTransferTest {
    @Parameter boolean tls;

    private static RangeResult.Failed failed(RangeResult result) {
        assertThat(result).isInstanceOf(RangeResult.Failed.class);
        return (RangeResult.Failed) result;
    }

    @Test
    void aRangeArrivesWholeAndInOrder() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            TestContent content = fixture.content(20 * BLOCK + 7).putAll();
            Recorder recorder = new Recorder();

            RangeResult result = fixture.fetch(2, 6, recorder).run();

            assertThat(result).isEqualTo(new RangeResult.Complete(6));
            assertThat(recorder.blocks.keySet()).containsExactly(2, 3, 4, 5);
            recorder.blocks.forEach(
                    (block, bytes) -> assertThat(bytes).isEqualTo(content.block(block)));
            assertThat(recorder.received).hasValue(4 * BLOCK);
            assertThat(recorder.digests).isEmpty();
            assertThat(fixture.clientCounters.get(BYTES_RECEIVED)).isEqualTo(4 * BLOCK);
        }
    }

    @Test
    void theLastBlockMayBeShort() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            TestContent content = fixture.content(17 * BLOCK + 1).putAll();
            Recorder recorder = new Recorder();

            assertThat(fixture.fetch(16, 18, recorder).run())
                    .isEqualTo(new RangeResult.Complete(18));
            assertThat(recorder.blocks.get(17)).hasSize(1).isEqualTo(content.block(17));
        }
    }

    @Test
    void usualBlocksArriveOverIpv6() throws IOException {
        InetAddress loopback = InetAddress.getAllByName("::1")[0];
        assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "no IPv6 here");
        try (PieceFixture fixture =
                new PieceFixture(
                        loopback, PieceFixture.SERVER, PieceFixture.CLIENT, Throttle.NONE)) {
            byte[] bytes = PieceFixture.bytes(5 * Geometry.MIB + 3);
            TestContent content = new TestContent(Geometry.of(bytes.length), bytes).putAll();
            fixture.contents.put(VERSION, content);
            Recorder recorder = new Recorder();

            RangeRequest request = new RangeRequest(VERSION, SECRET, 1, 16, 21, true);
            RangeResult result =
                    fixture.client.begin(fixture.address, request, recorder, Throttle.NONE).run();

            assertThat(result).isEqualTo(new RangeResult.Complete(21));
            assertThat(recorder.blocks.get(16)).isEqualTo(content.block(16));
            assertThat(recorder.blocks.get(20)).isEqualTo(content.block(20)).hasSize(3);
            assertThat(recorder.digests).isEqualTo(content.pieceBlocks(1));
        }
    }

    @Test
    void digestsOfAWholePieceComeWhereTheyAreWantedAndComplete() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            TestContent content = fixture.content(10 * BLOCK).putAll();
            Recorder recorder = new Recorder();

            RangeRequest request = new RangeRequest(VERSION, SECRET, 0, 3, 4, true);
            fixture.client.begin(fixture.address, request, recorder, Throttle.NONE).run();

            assertThat(recorder.digests).isEqualTo(content.pieceBlocks(0));
            assertThat(recorder.digests.orElseThrow()).hasSize(8);
        }
    }

    @Test
    void digestsOfAPieceThatIsNotCompleteDoNotCome() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            TestContent content = fixture.content(10 * BLOCK);
            content.put(3);
            Recorder recorder = new Recorder();

            RangeRequest request = new RangeRequest(VERSION, SECRET, 0, 3, 4, true);
            RangeResult result =
                    fixture.client.begin(fixture.address, request, recorder, Throttle.NONE).run();

            assertThat(result).isEqualTo(new RangeResult.Complete(4));
            assertThat(recorder.digests).isEmpty();
        }
    }

    @Test
    void aReceiverThatRefusesTheDigestsEndsTheFetch() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            fixture.content(10 * BLOCK).putAll();
            Recorder recorder =
                    new Recorder() {
                        @Override
                        public boolean digests(java.util.List<Sha256> list) {
                            return false;
                        }
                    };

            RangeRequest request = new RangeRequest(VERSION, SECRET, 0, 3, 4, true);
            RangeResult result =
                    fixture.client.begin(fixture.address, request, recorder, Throttle.NONE).run();

            assertThat(result).isEqualTo(new RangeResult.Cancelled());
            assertThat(recorder.blocks).isEmpty();
        }
    }

    @Test
    void aBlockThatComesLaterIsForwardedWhenItComes() throws Exception {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            TestContent content = fixture.content(10 * BLOCK);
            content.put(0);
            Recorder recorder = new Recorder();

            CompletableFuture<RangeResult> result =
                    PieceFixture.start(fixture.fetch(0, 2, recorder));
            recorder.waited.await();
            assertThat(recorder.blocks.keySet()).containsExactly(0);
            content.put(1);

            assertThat(result.get()).isEqualTo(new RangeResult.Complete(2));
            assertThat(recorder.blocks.get(1)).isEqualTo(content.block(1));
            assertThat(recorder.waits.get()).isPositive();
        }
    }

    @Test
    void aContentThatEndsInsideTheRangeIsCompleteUpToItsEnd() throws Exception {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            byte[] bytes = PieceFixture.bytes(BLOCK + 5);
            TestContent content = new TestContent(PieceFixture.geometry(Geometry.UNKNOWN), bytes);
            fixture.contents.put(VERSION, content);
            content.put(0);
            Recorder recorder = new Recorder();

            CompletableFuture<RangeResult> result =
                    PieceFixture.start(fixture.fetch(0, 4, recorder));
            recorder.waited.await();
            content.put(1);
            content.lengthKnown();

            assertThat(result.get()).isEqualTo(new RangeResult.Complete(2));
            assertThat(recorder.blocks.get(1)).hasSize(5);
            assertThat(fixture.fetch(4, 6, new Recorder()).run())
                    .isEqualTo(new RangeResult.Complete(4));
        }
    }

    @Test
    void aVersionThatEndsFailsThoseWhoWait() throws Exception {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            TestContent content = fixture.content(10 * BLOCK);
            Recorder recorder = new Recorder();

            CompletableFuture<RangeResult> result =
                    PieceFixture.start(fixture.fetch(0, 2, recorder));
            recorder.waited.await();
            content.end();

            assertThat(failed(result.get()).reason()).isEqualTo(FailureReason.UNKNOWN_VERSION);
            assertThat(failed(result.get()).message()).contains("not available");
        }
    }

    @Test
    void oneConnectionServesOneFetchAfterTheOther() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            TestContent content = fixture.content(16 * BLOCK).putAll();
            for (int block = 0; block < 16; block++) {
                fixture.fetch(block, block + 1, new Recorder()).run();
            }
            fixture.contents.clear();
            assertThat(failed(fixture.fetch(0, 1, new Recorder()).run()).reason())
                    .isEqualTo(FailureReason.UNKNOWN_VERSION);
            fixture.contents.put(VERSION, content);
            fixture.fetch(0, 1, new Recorder()).run();

            assertThat(fixture.clientCounters.get(CONNECTIONS_OPENED)).isEqualTo(1);
            assertThat(fixture.clientCounters.get(CONNECTIONS_REUSED)).isEqualTo(17);
            assertThat(fixture.serverCounters.get(REQUESTS)).isEqualTo(18);
            assertThat(fixture.clientCounters.failures(FailureReason.UNKNOWN_VERSION)).isOne();
            // The server counts what it sent when the client has it already.
            PieceFixture.eventually(() -> fixture.serverCounters.get(BYTES_SENT) == 17 * BLOCK);
            PieceFixture.eventually(() -> content.retained() == 0);
        }
    }

    @Test
    void anUnknownVersionAndAWrongSecretCannotBeToldApart() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(false);
                RawPeer raw = new RawPeer(fixture.address)) {
            fixture.content(10 * BLOCK).putAll();
            raw.hello();

            Secret wrong = new Secret("ffffffffffffffffffffffffffffffff");
            VersionId unknown = new VersionId("ffffffffffffffffffffffffffffffff");
            raw.request(new RangeRequest(VERSION, wrong, 0, 0, 1, true));
            byte[] wrongSecret = raw.read(Wire.HEAD);
            raw.request(new RangeRequest(unknown, SECRET, 0, 0, 1, true));
            byte[] unknownVersion = raw.read(Wire.HEAD);

            assertThat(wrongSecret).isEqualTo(unknownVersion);
            assertThat(Wire.Head.from(ByteBuffer.wrap(wrongSecret)))
                    .matches(head -> head.is(Wire.ErrorCode.UNKNOWN_VERSION));
            // Nothing more came: the next answer starts with its own head.
            raw.send(Wire.PING);
            assertThat(raw.head().type()).isEqualTo(Wire.PONG);
        }
    }

    @Test
    void aFileThatSomebodyChangedIsNotServed() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            fixture.content(10 * BLOCK).putAll().damage();

            assertThat(failed(fixture.fetch(0, 1, new Recorder()).run()).reason())
                    .isEqualTo(FailureReason.UNKNOWN_VERSION);
        }
    }

    @Test
    void aVersionThatWasDeletedMeanwhileLooksUnknown() throws IOException {
        try (PieceFixture fixture = new PieceFixture()) {
            TestContent content = fixture.content(10 * BLOCK).putAll();
            content.delete();

            assertThat(failed(fixture.fetch(0, 1, new Recorder()).run()).reason())
                    .isEqualTo(FailureReason.UNKNOWN_VERSION);
            assertThat(content.retained()).isZero();
        }
    }

    @Test
    void aRangeThatCrossesPiecesIsABadRequest() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            fixture.content(20 * BLOCK).putAll();

            assertThat(failed(fixture.fetch(6, 10, new Recorder()).run()).message())
                    .contains("bad request");
            assertThat(failed(fixture.fetch(3, 3, new Recorder()).run()).message())
                    .contains("bad request");
        }
    }

    @Test
    void aFlippedByteReachesTheReceiverWhichRefusesIt() throws IOException {
        byte[] bytes = PieceFixture.bytes(10 * BLOCK);
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            byte[] flipped = bytes.clone();
            flipped[BLOCK + 1234] ^= 1;
            fixture.contents.put(
                    VERSION,
                    new TestContent(PieceFixture.geometry(bytes.length), flipped).putAll());
            TestContent right = new TestContent(PieceFixture.geometry(bytes.length), bytes);
            Recorder verifying =
                    new Recorder() {
                        @Override
                        public boolean block(int block, ByteBuffer data) throws IOException {
                            return Sha256.of(data.duplicate()).equals(Sha256.of(right.block(block)))
                                    && super.block(block, data);
                        }
                    };

            assertThat(fixture.fetch(0, 4, verifying).run()).isEqualTo(new RangeResult.Cancelled());
            assertThat(verifying.blocks.keySet()).containsExactly(0);
        }
    }

    @Test
    void aReceiverThatCannotStoreFailsAsLocalTrouble() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            fixture.content(10 * BLOCK).putAll();
            Recorder full =
                    new Recorder() {
                        @Override
                        public boolean block(int block, ByteBuffer data) throws IOException {
                            throw new IOException("disk full");
                        }
                    };

            RangeResult.Failed failed = failed(fixture.fetch(0, 4, full).run());

            assertThat(failed.reason()).isEqualTo(FailureReason.LOCAL);
            assertThat(failed.message()).contains("disk full");
        }
    }

    @Test
    void aParentThatCannotReadItsStoreClosesAndServesOn() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            byte[] bytes = PieceFixture.bytes(10 * BLOCK);
            TestContent broken =
                    new TestContent(PieceFixture.geometry(bytes.length), bytes) {
                        @Override
                        public long transferTo(
                                int block, int offset, int count, WritableByteChannel target)
                                throws IOException {
                            throw new IOException("input/output error");
                        }
                    };
            fixture.contents.put(VERSION, broken.putAll());
            assertThat(failed(fixture.fetch(0, 1, new Recorder()).run()).reason())
                    .isEqualTo(FailureReason.CLOSED);
            PieceFixture.eventually(() -> fixture.serverCounters.get(STORE_ERRORS) == 1);

            fixture.content(10 * BLOCK).putAll();
            assertThat(fixture.fetch(0, 1, new Recorder()).run())
                    .isEqualTo(new RangeResult.Complete(1));
        }
    }
}
