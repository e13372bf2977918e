// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_OPEN;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_REAPED;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_REFUSED;
import static io.dragonfly.net.piece.PieceCounters.Count.SLOT_WAITS;
import static io.dragonfly.net.piece.PieceFixture.BLOCK;
import static io.dragonfly.net.piece.PieceFixture.SECRET;
import static io.dragonfly.net.piece.PieceFixture.VERSION;
import static io.dragonfly.net.piece.PieceFixture.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// Requesters that stall, lie or are too many.
@Timeout(60)
class PieceServerTroubleTest {
    private static final int BIG_BLOCK = Geometry.BLOCK_SIZE;

    /// Blocks of a piece that no socket's buffers can hold.
    private static final int BIG_BLOCKS = 64;

    @TempDir private Path directory;

    private static PieceServerSettings settings(
            int uploadSlots,
            int maxConnections,
            Duration headerTimeout,
            long minBytesPerSecond,
            Duration slowWindow,
            Duration slotTimeout) {
        return new PieceServerSettings(
                uploadSlots,
                maxConnections,
                Duration.ofSeconds(60),
                headerTimeout,
                minBytesPerSecond,
                slowWindow,
                Duration.ofMillis(10),
                slotTimeout,
                Duration.ofMillis(200));
    }

    private static PieceServerSettings patient(int uploadSlots, int maxConnections) {
        Duration minute = Duration.ofSeconds(60);
        return settings(uploadSlots, maxConnections, minute, 0, minute, minute);
    }

    /// Adds a version of one piece of 16 MiB in a file.
    private FileContent bigContent(PieceFixture fixture) throws IOException {
        int length = BIG_BLOCKS * BIG_BLOCK;
        FileChannel file =
                FileChannel.open(
                        directory.resolve("content"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE);
        FileContent content =
                new FileContent(
                        new Geometry(length, length, BIG_BLOCK, 4),
                        PieceFixture.bytes(length),
                        file);
        content.putAll();
        fixture.contents.put(VERSION, content);
        return content;
    }

    /// A requester that asks for everything and never reads.
    private static RawPeer stalled(PieceFixture fixture) throws IOException {
        return new RawPeer(fixture.address, 4 << 10)
                .hello()
                .request(new RangeRequest(VERSION, SECRET, 0, 0, BIG_BLOCKS, false));
    }

    private static RangeResult fetch(PieceFixture fixture, int blocks, Recorder recorder) {
        RangeRequest request = new RangeRequest(VERSION, SECRET, 0, 0, blocks, false);
        return fixture.client.begin(fixture.address, request, recorder, Throttle.NONE).run();
    }

    private static FailureReason reason(RangeResult result) {
        assertThat(result).isInstanceOf(RangeResult.Failed.class);
        return ((RangeResult.Failed) result).reason();
    }

    @Test
    void stalledReadersDoNotHoldUpOthers() throws Exception {
        List<RawPeer> stalled = new ArrayList<>();
        try (PieceFixture fixture = new PieceFixture(patient(0, 64), PieceFixture.CLIENT)) {
            FileContent content = bigContent(fixture);
            // More of them than the scheduler of virtual threads has carriers.
            int readers = 2 * Runtime.getRuntime().availableProcessors() + 2;
            for (int i = 0; i < readers; i++) {
                stalled.add(stalled(fixture));
            }
            PieceFixture.eventually(() -> content.emptyTransfers() >= readers);

            Recorder recorder = new Recorder();
            CompletableFuture<RangeResult> result = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> result.complete(fetch(fixture, BIG_BLOCKS, recorder)));

            assertThat(result.get()).isEqualTo(new RangeResult.Complete(BIG_BLOCKS));
            assertThat(recorder.blocks.get(63)).isEqualTo(content.block(63));
            // Each time a socket takes nothing, the thread parks: it must not ask in a loop.
            long chunks = (readers + 1L) * BIG_BLOCKS * BIG_BLOCK / (16 << 10);
            assertThat(content.emptyTransfers()).isLessThan(chunks);
        } finally {
            for (RawPeer peer : stalled) {
                peer.close();
            }
        }
    }

    @Test
    void aSlowReaderIsClosedWhereOthersWaitForItsSlot() throws Exception {
        PieceServerSettings settings =
                settings(
                        1,
                        64,
                        Duration.ofSeconds(60),
                        1 << 30,
                        Duration.ofMillis(100),
                        Duration.ofSeconds(60));
        try (PieceFixture fixture = new PieceFixture(settings, PieceFixture.CLIENT)) {
            FileContent content = bigContent(fixture);
            try (RawPeer _ = stalled(fixture)) {
                PieceFixture.eventually(() -> content.emptyTransfers() >= 1);

                // One block is over too soon to be measured, or to be slow.
                assertThat(fetch(fixture, 1, new Recorder()))
                        .isEqualTo(new RangeResult.Complete(1));

                assertThat(fixture.serverCounters.get(SLOT_WAITS)).isPositive();
                PieceFixture.eventually(() -> fixture.serverCounters.get(CONNECTIONS_REAPED) == 1);
            }
        }
    }

    @Test
    void whoGetsNoSlotInTimeIsToldBusy() throws Exception {
        PieceServerSettings settings =
                settings(
                        1,
                        64,
                        Duration.ofSeconds(60),
                        0,
                        Duration.ofSeconds(60),
                        Duration.ofMillis(500));
        try (PieceFixture fixture = new PieceFixture(settings, PieceFixture.CLIENT)) {
            FileContent content = bigContent(fixture);
            try (RawPeer _ = stalled(fixture)) {
                PieceFixture.eventually(() -> content.emptyTransfers() >= 1);
                Recorder recorder = new Recorder();

                assertThat(reason(fetch(fixture, 1, recorder))).isEqualTo(FailureReason.BUSY);
                assertThat(recorder.waits).as("told to wait meanwhile").hasPositiveValue();

                fixture.server.uploadSlots(2);
                assertThat(fetch(fixture, 1, new Recorder()))
                        .isEqualTo(new RangeResult.Complete(1));
            }
        }
    }

    @Test
    void slotsAreNotHeldWhileWaitingForUpstream() throws Exception {
        try (PieceFixture fixture = new PieceFixture(patient(1, 64), PieceFixture.CLIENT)) {
            TestContent content = fixture.content(4 * BLOCK);
            content.put(1);
            Recorder waiting = new Recorder();
            CompletableFuture<RangeResult> first = PieceFixture.start(fixture.fetch(0, 1, waiting));
            waiting.waited.await();

            assertThat(fixture.fetch(1, 2, new Recorder()).run())
                    .isEqualTo(new RangeResult.Complete(2));

            content.put(0);
            assertThat(first.get()).isEqualTo(new RangeResult.Complete(1));
        }
    }

    @Test
    void slotsBoundHowManyBlocksAreSentAtOnce() throws Exception {
        AtomicInteger sending = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch gate = new CountDownLatch(1);
        Throttle counting =
                _ -> {
                    most.accumulateAndGet(sending.incrementAndGet(), Math::max);
                    try {
                        gate.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    sending.decrementAndGet();
                    return 0;
                };
        try (PieceFixture fixture =
                new PieceFixture(
                        InetAddress.getLoopbackAddress(),
                        patient(2, 64),
                        PieceFixture.CLIENT,
                        counting)) {
            bigContent(fixture);
            List<CompletableFuture<RangeResult>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                RangeRequest request = new RangeRequest(VERSION, SECRET, 0, 0, 16, false);
                results.add(
                        PieceFixture.start(
                                fixture.client.begin(
                                        fixture.address, request, new Recorder(), Throttle.NONE)));
            }
            PieceFixture.eventually(() -> fixture.serverCounters.get(SLOT_WAITS) == 6);
            PieceFixture.eventually(() -> sending.get() == 2);
            gate.countDown();
            for (CompletableFuture<RangeResult> result : results) {
                assertThat(result.get()).isEqualTo(new RangeResult.Complete(16));
            }
            assertThat(most).hasValue(2);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreToldBusyAndMayComeBack() throws Exception {
        try (PieceFixture fixture = new PieceFixture(patient(0, 1), PieceFixture.CLIENT)) {
            fixture.content(4 * BLOCK).putAll();
            try (RawPeer _ = new RawPeer(fixture.address).hello()) {
                assertThat(reason(fixture.fetch(0, 1, new Recorder()).run()))
                        .isEqualTo(FailureReason.BUSY);
                assertThat(fixture.serverCounters.get(CONNECTIONS_REFUSED)).isEqualTo(1);
                Duration timeout = Duration.ofSeconds(20);
                assertThat(fixture.client.probe(fixture.address, PieceFixture.PARENT, timeout))
                        .as("a full server is still alive")
                        .isEmpty();
            }
            PieceFixture.eventually(() -> fixture.serverCounters.get(CONNECTIONS_OPEN) == 0);

            assertThat(fixture.fetch(0, 1, new Recorder()).run())
                    .isEqualTo(new RangeResult.Complete(1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 5, 6, 50})
    void whoDoesNotFinishAHelloOrARequestIsClosed(int sent) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(Wire.CLIENT_HELLO + Wire.REQUEST_BYTES);
        Wire.putClientHello(start);
        Wire.putRequest(start, request(0, 1));
        PieceServerSettings settings =
                new PieceServerSettings(
                        0,
                        64,
                        Duration.ofMillis(80),
                        Duration.ofMillis(40),
                        0,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(5));
        try (PieceFixture fixture = new PieceFixture(settings, PieceFixture.CLIENT);
                RawPeer raw = new RawPeer(fixture.address)) {
            raw.send(Arrays.copyOf(start.array(), sent));
            if (sent >= Wire.CLIENT_HELLO) {
                raw.read(Wire.HEAD + PieceFixture.PARENT.value().length());
            }

            assertThat(raw.ends()).isTrue();
            PieceFixture.eventually(() -> fixture.serverCounters.get(CONNECTIONS_REAPED) == 1);
        }
    }

    @Test
    void aReaderThatTakesNothingForTooLongIsClosedEvenWhereNobodyWaits() throws IOException {
        try (PieceFixture fixture = new PieceFixture(patient(0, 64), PieceFixture.CLIENT)) {
            FileContent content = bigContent(fixture);
            try (RawPeer _ = stalled(fixture)) {
                PieceFixture.eventually(() -> content.emptyTransfers() >= 1);
                fixture.serverTimesOut();
                assertThat(fixture.serverCounters.get(CONNECTIONS_REAPED)).isEqualTo(1);
            }
        }
    }

    @Test
    void theHelloAgreesOnAVersion() throws IOException {
        assertThat(Wire.choose(1, 1, 1)).isEqualTo(1);
        assertThat(Wire.choose(255, 1, 2)).isEqualTo(2);
        assertThat(Wire.choose(1, 1, 2)).isEqualTo(1);
        assertThat(Wire.choose(1, 2, 3)).isZero();
        assertThat(Wire.choose(0, 1, 1)).isZero();

        try (PieceFixture fixture = new PieceFixture()) {
            try (RawPeer newer = new RawPeer(fixture.address)) {
                newer.send((byte) 'D', (byte) 'F', (byte) 'P', (byte) '1', (byte) 255);
                byte[] hello = newer.read(Wire.HEAD + PieceFixture.PARENT.value().length());
                assertThat(hello).startsWith('D', 'F', 'P', '1', 1);
                assertThat(new String(hello, Wire.HEAD, hello.length - Wire.HEAD, UTF_8))
                        .isEqualTo("parent");
            }
            try (RawPeer older = new RawPeer(fixture.address)) {
                older.send((byte) 'D', (byte) 'F', (byte) 'P', (byte) '1', (byte) 0);
                byte[] hello = older.read(Wire.HEAD + PieceFixture.PARENT.value().length());
                assertThat(hello).startsWith('D', 'F', 'P', '1', 0);
                assertThat(older.ends()).isTrue();
            }
        }
    }

    @Test
    void requestsMayBeSentAheadOfTheirTurn() throws IOException {
        try (PieceFixture fixture = new PieceFixture();
                RawPeer raw = new RawPeer(fixture.address).hello()) {
            fixture.content(4 * BLOCK).putAll();
            byte[] ask = RawPeer.requestBytes(request(0, 1));
            raw.send(FakeParent.join(ask, ask, new byte[] {Wire.PING}));

            for (int i = 0; i < 2; i++) {
                assertThat(raw.head().type()).isEqualTo(Wire.HEADER);
                assertThat(raw.head()).isEqualTo(new Wire.Head(Wire.BLOCK, 0, BLOCK));
                assertThat(raw.read(BLOCK)).hasSize(BLOCK);
            }
            assertThat(raw.head().type()).isEqualTo(Wire.PONG);
        }
    }

    @Test
    void closingEndsWithinItsGraceEvenWhereAReaderStalls() throws Exception {
        PieceFixture fixture = new PieceFixture(patient(0, 64), PieceFixture.CLIENT);
        try (fixture) {
            FileContent content = bigContent(fixture);
            try (RawPeer _ = stalled(fixture)) {
                PieceFixture.eventually(() -> content.emptyTransfers() >= 1);
                fixture.server.close();
                PieceFixture.eventually(() -> fixture.serverCounters.get(CONNECTIONS_OPEN) == 0);
                assertThat(content.retained()).isZero();
            }
        }
    }

    @Test
    void aPortInUseIsSaidInOneLine() throws IOException {
        try (PieceFixture fixture = new PieceFixture()) {
            InetSocketAddress taken =
                    new InetSocketAddress(fixture.address.host(), fixture.address.port());
            assertThatThrownBy(() ->
                            PieceServer.start(
                                    taken,
                                    PieceFixture.PARENT,
                                    (_, _) -> Optional.empty(),
                                    PieceFixture.SERVER,
                                    Throttle.NONE,
                                    System::nanoTime,
                                    new PieceCounters(),
                                    null))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen for piece requests on")
                    .hasMessageContaining(String.valueOf(fixture.address.port()));
        }
    }
}
