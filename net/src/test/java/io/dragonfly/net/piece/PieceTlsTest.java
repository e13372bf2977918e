// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static io.dragonfly.net.piece.PieceFixture.BLOCK;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.net.tls.TestTls;
import io.dragonfly.net.tls.Tls;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// What TLS adds: who is believed, who is told what, and that nothing hangs. That pieces travel
/// over it as without it is in [PieceTransferTest] and [FetchEndingTest].
@Timeout(60)
final class PieceTlsTest {
    private static String failure(@Nullable Tls server, @Nullable Tls client) throws IOException {
        try (PieceFixture fixture = new PieceFixture(server, client)) {
            fixture.content(BLOCK).putAll();
            RangeResult result = fixture.fetch(0, 1, new Recorder()).run();
            assertThat(result).isInstanceOf(RangeResult.Failed.class);
            RangeResult.Failed failed = (RangeResult.Failed) result;
            assertThat(failed.reason()).isEqualTo(FailureReason.UNREACHABLE);
            return failed.message();
        }
    }

    private static void works(Tls server, Tls client) throws IOException {
        try (PieceFixture fixture = new PieceFixture(server, client)) {
            TestContent content = fixture.content(BLOCK).putAll();
            Recorder recorder = new Recorder();
            assertThat(fixture.fetch(0, 1, recorder).run()).isEqualTo(new RangeResult.Complete(1));
            assertThat(recorder.blocks.get(0)).isEqualTo(content.block(0));
        }
    }

    @Test
    void usualBlocksArriveOneAfterTheOther() throws IOException {
        try (PieceFixture fixture = new PieceFixture(TestTls.mutual(), TestTls.mutual())) {
            int length = 9 * Geometry.BLOCK_SIZE + 777;
            TestContent content =
                    new TestContent(Geometry.of(length), PieceFixture.bytes(length)).putAll();
            fixture.contents.put(PieceFixture.VERSION, content);
            Recorder recorder = new Recorder();
            RangeRequest all =
                    new RangeRequest(PieceFixture.VERSION, PieceFixture.SECRET, 0, 0, 10, true);

            RangeResult result =
                    fixture.client.begin(fixture.address, all, recorder, Throttle.NONE).run();

            assertThat(result).isEqualTo(new RangeResult.Complete(10));
            recorder.blocks.forEach(
                    (block, bytes) -> assertThat(bytes).isEqualTo(content.block(block)));
            assertThat(recorder.blocks).hasSize(10);
            assertThat(recorder.received).hasValue(length);
        }
    }

    @Test
    void whoHasNoAuthorityBelievesEverybodyAndWhoHasNoCertificateIsServedWhereNoneIsWanted()
            throws IOException {
        works(TestTls.oneWay(), TestTls.trusting());
        works(TestTls.oneWay(), TestTls.oneWay());
        works(TestTls.mutual(), TestTls.oneWay());
    }

    @Test
    void betweenPeersTheAuthorityCountsAndNotTheName() throws IOException {
        works(TestTls.elsewhere(), TestTls.elsewhere());
    }

    @Test
    void aServerOfAnotherAuthorityIsNotBelieved() throws IOException {
        assertThat(failure(TestTls.stranger(), TestTls.mutual()))
                .contains("not signed by the authority of tls-ca");
    }

    @Test
    void aClientWithoutACertificateIsRefusedWhereOneIsWanted() throws IOException {
        assertThat(failure(TestTls.mutual(), TestTls.trusting()))
                .contains("it wants a certificate of this host: set tls-cert and tls-key");
    }

    @Test
    void aClientOfAnotherAuthorityIsRefused() throws IOException {
        assertThat(failure(TestTls.mutual(), TestTls.strangerWhoBelievesUs()))
                .containsAnyOf(
                        "it wants a certificate of this host",
                        "it does not accept this host's certificate");
    }

    @Test
    void aPlainClientOnATlsPortIsToldSo() throws IOException {
        assertThat(failure(TestTls.mutual(), null)).contains("it speaks TLS: set tls-ca");
    }

    @Test
    void aTlsClientOnAPlainPortSaysSo() throws IOException {
        assertThat(failure(null, TestTls.mutual()))
                .contains("TLS")
                .contains("set tls-cert and tls-key there");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x16, 0x15, 0x00, 0x44})
    void garbageOnATlsPortIsClosedAndOthersAreServed(int first) throws Exception {
        try (PieceFixture fixture = new PieceFixture(TestTls.mutual(), TestTls.mutual());
                RawPeer raw = new RawPeer(fixture.address)) {
            byte[] garbage = PieceFixture.bytes(4000);
            garbage[0] = (byte) first;
            garbage[1] = 3;
            garbage[3] = 0; // a short record, so that the server need not wait for more
            raw.send(garbage);
            readToTheEnd(raw);

            fixture.content(BLOCK).putAll();
            assertThat(fixture.fetch(0, 1, new Recorder()).run())
                    .isEqualTo(new RangeResult.Complete(1));
        }
    }

    private static void readToTheEnd(RawPeer raw) {
        try {
            raw.read(1 << 20); // at most an alert comes before the end
        } catch (IOException _) {
            // A reset is an end as well.
        }
    }

    @Test
    void aClientThatNeverShakesHandsIsClosedInTime() throws Exception {
        try (PieceFixture fixture = new PieceFixture(TestTls.mutual(), TestTls.mutual());
                RawPeer raw = new RawPeer(fixture.address)) {
            raw.send((byte) 0x16, (byte) 3);
            PieceFixture.eventually(
                    () -> fixture.serverCounters.get(PieceCounters.Count.CONNECTIONS_OPEN) == 1);
            fixture.serverTimesOut();
            assertThat(raw.ends()).isTrue();
        }
    }

    @Test
    void aServerThatNeverShakesHandsIsGivenUpInTime() throws Exception {
        PieceClientSettings hasty =
                new PieceClientSettings(
                        Duration.ofMillis(200),
                        Duration.ofSeconds(20),
                        4,
                        8,
                        Duration.ofSeconds(60),
                        4 << 20);
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                PieceClient client =
                        new PieceClient(
                                hasty, System::nanoTime, new PieceCounters(), TestTls.mutual())) {
            HostPort address = new HostPort("127.0.0.1", silent.getLocalPort());
            PieceClient.Fetch fetch =
                    client.begin(
                            address, PieceFixture.request(0, 1), new Recorder(), Throttle.NONE);
            assertThat(PieceFixture.start(fetch).get())
                    .isEqualTo(
                            new RangeResult.Failed(
                                    FailureReason.UNREACHABLE,
                                    address + ": no connection within the time allowed"));
            assertThat(client.probe(address, PieceFixture.PARENT, Duration.ofMillis(100)))
                    .isPresent();
        }
    }

    @Test
    void cancellingEndsAHandshake() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                PieceClient client =
                        new PieceClient(
                                PieceFixture.CLIENT,
                                System::nanoTime,
                                new PieceCounters(),
                                TestTls.mutual())) {
            PieceClient.Fetch fetch =
                    client.begin(
                            new HostPort("127.0.0.1", silent.getLocalPort()),
                            PieceFixture.request(0, 1),
                            new Recorder(),
                            Throttle.NONE);
            CompletableFuture<RangeResult> result = PieceFixture.start(fetch);
            try (var accepted = silent.accept()) {
                assertThat(accepted.getInputStream().read()).isEqualTo(0x16);
                fetch.cancel();
                assertThat(result.get()).isEqualTo(new RangeResult.Cancelled());
            }
        }
    }
}
