// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static io.dragonfly.net.piece.FakeParent.frame;
import static io.dragonfly.net.piece.FakeParent.join;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_OPEN;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_OPENED;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_REUSED;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_STALE;
import static io.dragonfly.net.piece.PieceFixture.BLOCK;
import static io.dragonfly.net.piece.PieceFixture.request;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Parents that stall, lie or vanish.
@Timeout(60)
class PieceClientTroubleTest {
    private static final byte[] NO_DIGESTS = frame(Wire.HEADER, 0, 0);

    private static final PieceClientSettings IMPATIENT =
            impatient(Duration.ofSeconds(20), Duration.ofMillis(100));

    private static PieceClientSettings impatient(Duration connect, Duration stall) {
        return new PieceClientSettings(connect, stall, 4, 8, Duration.ofSeconds(60), 4 << 20);
    }

    private static RangeResult run(
            PieceClientSettings settings, FakeParent parent, RangeRequest request) {
        try (PieceClient client =
                new PieceClient(settings, System::nanoTime, new PieceCounters())) {
            return client.begin(parent.address(), request, new Recorder(), Throttle.NONE).run();
        }
    }

    /// What a patient client makes of `reply` to a request for two blocks.
    private static FailureReason reasonAfter(byte[] reply) throws IOException {
        try (FakeParent parent = FakeParent.replying(reply)) {
            return reason(run(PieceFixture.CLIENT, parent, request(0, 2)));
        }
    }

    private static FailureReason reason(RangeResult result) {
        assertThat(result).isInstanceOf(RangeResult.Failed.class);
        return ((RangeResult.Failed) result).reason();
    }

    @Test
    void aParentThatSaysNothingIsStalled() throws IOException {
        try (FakeParent parent = FakeParent.silentAfter(new byte[0])) {
            assertThat(reason(run(IMPATIENT, parent, request(0, 2))))
                    .isEqualTo(FailureReason.STALLED);
        }
    }

    @Test
    void aParentThatStopsInsideABlockIsStalled() throws IOException {
        byte[] half = join(NO_DIGESTS, frame(Wire.BLOCK, 0, BLOCK), new byte[BLOCK / 2]);
        try (FakeParent parent = FakeParent.silentAfter(half)) {
            assertThat(reason(run(IMPATIENT, parent, request(0, 2))))
                    .isEqualTo(FailureReason.STALLED);
        }
    }

    @Test
    void aParentThatAcceptsAndDoesNotSayHelloIsUnreachable() throws IOException {
        PieceClientSettings settings = impatient(Duration.ofMillis(100), Duration.ofSeconds(20));
        try (FakeParent parent = new FakeParent((in, _) -> in.readAllBytes())) {
            assertThat(reason(run(settings, parent, request(0, 2))))
                    .isEqualTo(FailureReason.UNREACHABLE);
        }
    }

    @Test
    void aPortNobodyListensOnIsUnreachable() throws IOException {
        HostPort address;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = new HostPort("127.0.0.1", socket.getLocalPort());
        }
        try (PieceClient client =
                new PieceClient(PieceFixture.CLIENT, System::nanoTime, new PieceCounters())) {
            RangeResult result =
                    client.begin(address, request(0, 1), new Recorder(), Throttle.NONE).run();
            assertThat(reason(result)).isEqualTo(FailureReason.UNREACHABLE);
            assertThat(((RangeResult.Failed) result).message()).startsWith(address + ": ");
        }
    }

    @Test
    void aPortThatSpeaksSomethingElseIsUnreachableAndNotAccused() throws IOException {
        try (FakeParent parent =
                new FakeParent(
                        (_, out) -> out.write("HTTP/1.1 400 Bad Request\r\n".getBytes(UTF_8)))) {
            assertThat(reason(run(PieceFixture.CLIENT, parent, request(0, 2))))
                    .isEqualTo(FailureReason.UNREACHABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 255})
    void aParentWithoutACommonVersionIsUnreachable(int version) throws IOException {
        try (FakeParent parent =
                new FakeParent((_, out) -> out.write(FakeParent.helloBytes(version)))) {
            RangeResult result = run(PieceFixture.CLIENT, parent, request(0, 2));
            assertThat(reason(result)).isEqualTo(FailureReason.UNREACHABLE);
            assertThat(((RangeResult.Failed) result).message()).contains("no common version");
        }
    }

    @Test
    void timeInTheOwnThrottleIsNotTheParentsStall() throws IOException {
        byte[] all =
                join(
                        NO_DIGESTS,
                        frame(Wire.BLOCK, 0, BLOCK),
                        new byte[BLOCK],
                        frame(Wire.BLOCK, 1, BLOCK),
                        new byte[BLOCK]);
        AtomicLong clock = new AtomicLong();
        Throttle slow =
                _ -> {
                    long nanos = 2 * PieceFixture.CLIENT.stallTimeout().toNanos();
                    clock.addAndGet(nanos);
                    // The reaper looks four times a second: let it find something, if it would.
                    LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
                    return nanos;
                };
        try (FakeParent parent = FakeParent.silentAfter(all);
                PieceClient client =
                        new PieceClient(PieceFixture.CLIENT, clock::get, new PieceCounters())) {
            RangeResult result =
                    client.begin(parent.address(), request(0, 2), new Recorder(), slow).run();
            assertThat(result).isEqualTo(new RangeResult.Complete(2));
        }
    }

    @Test
    void aParentThatSaysItWaitsIsNotStalledHoweverLong() throws IOException {
        byte[] wait = frame(Wire.WAITING, 0, 0);
        byte[][] waits = new byte[50][];
        Arrays.fill(waits, wait);
        byte[] reply = join(NO_DIGESTS, join(waits), frame(Wire.BLOCK, 0, BLOCK), new byte[BLOCK]);
        AtomicLong clock = new AtomicLong();
        Recorder recorder =
                new Recorder() {
                    @Override
                    public void waiting() {
                        super.waiting();
                        clock.addAndGet(PieceFixture.CLIENT.stallTimeout().toNanos() - 1);
                    }
                };
        try (FakeParent parent = FakeParent.silentAfter(reply);
                PieceClient client =
                        new PieceClient(PieceFixture.CLIENT, clock::get, new PieceCounters())) {
            assertThat(client.begin(parent.address(), request(0, 1), recorder, Throttle.NONE).run())
                    .isEqualTo(new RangeResult.Complete(1));
            assertThat(recorder.waits).hasValue(50);
        }
    }

    @Test
    void aReplyThatBreaksOffIsClosed() throws IOException {
        byte[] whole = join(NO_DIGESTS, frame(Wire.BLOCK, 0, BLOCK), new byte[BLOCK]);
        for (int length : new int[] {0, 1, 8, 9, 10, 18, 19, whole.length - 1, whole.length}) {
            assertThat(reasonAfter(Arrays.copyOf(whole, length))).isEqualTo(FailureReason.CLOSED);
        }
    }

    @Test
    void nonsenseIsCorrupt() throws IOException {
        List<byte[]> replies =
                List.of(
                        frame(0, 0, 0),
                        frame(Wire.BLOCK, 0, BLOCK),
                        frame(Wire.HEADER, 0, 1),
                        join(NO_DIGESTS, NO_DIGESTS),
                        join(NO_DIGESTS, frame(Wire.PONG, 0, 0)),
                        join(NO_DIGESTS, frame(Wire.BLOCK, 1, BLOCK)),
                        join(NO_DIGESTS, frame(Wire.BLOCK, 0, 0)),
                        join(NO_DIGESTS, frame(Wire.BLOCK, 0, -1)),
                        join(NO_DIGESTS, frame(Wire.BLOCK, 0, Wire.MAX_BLOCK + 1)),
                        join(NO_DIGESTS, frame(Wire.BLOCK, 0, Integer.MAX_VALUE)),
                        join(NO_DIGESTS, frame(Wire.END, 1, 0)));
        for (byte[] reply : replies) {
            assertThat(reasonAfter(reply)).isEqualTo(FailureReason.CORRUPT);
        }
    }

    @Test
    void tooManyDigestsAreCorrupt() throws IOException {
        RangeRequest request =
                new RangeRequest(PieceFixture.VERSION, PieceFixture.SECRET, 0, 0, 1, true);
        for (int count : new int[] {Wire.MAX_DIGESTS + 1, -1, Integer.MAX_VALUE}) {
            try (FakeParent parent = FakeParent.replying(frame(Wire.HEADER, 0, count))) {
                assertThat(reason(run(PieceFixture.CLIENT, parent, request)))
                        .isEqualTo(FailureReason.CORRUPT);
            }
        }
    }

    @Test
    void blocksOfTheLargestSizeFit() throws IOException {
        byte[] reply =
                join(NO_DIGESTS, frame(Wire.BLOCK, 0, Wire.MAX_BLOCK), new byte[Wire.MAX_BLOCK]);
        try (FakeParent parent = FakeParent.replying(reply)) {
            assertThat(run(PieceFixture.CLIENT, parent, request(0, 1)))
                    .isEqualTo(new RangeResult.Complete(1));
        }
    }

    @Test
    void errorsOfTheParentHaveTheirReasons() throws IOException {
        for (Wire.ErrorCode code : Wire.ErrorCode.values()) {
            FailureReason expected =
                    switch (code) {
                        case UNKNOWN_VERSION, NOT_AVAILABLE -> FailureReason.UNKNOWN_VERSION;
                        case BUSY -> FailureReason.BUSY;
                        case SHUTTING_DOWN, BAD_REQUEST -> FailureReason.CLOSED;
                    };
            byte[] error = frame(Wire.ERROR, code.number(), 0);
            assertThat(reasonAfter(error)).isEqualTo(expected);
            assertThat(reasonAfter(join(NO_DIGESTS, error))).isEqualTo(expected);
        }
        assertThat(reasonAfter(frame(Wire.ERROR, 99, 0))).isEqualTo(FailureReason.CLOSED);
    }

    @Test
    void aKeptConnectionThatTheParentClosedIsReplacedSilently() throws IOException {
        try (PieceFixture fixture = new PieceFixture()) {
            fixture.content(4 * BLOCK).putAll();
            fixture.fetch(0, 1, new Recorder()).run();
            fixture.serverTimesOut();

            assertThat(fixture.fetch(1, 2, new Recorder()).run())
                    .isEqualTo(new RangeResult.Complete(2));

            assertThat(fixture.clientCounters.get(CONNECTIONS_STALE)).isEqualTo(1);
            assertThat(fixture.clientCounters.get(CONNECTIONS_OPENED)).isEqualTo(2);
        }
    }

    @Test
    void aParentThatClosesEveryTimeIsAskedTwiceAtMost() throws IOException {
        AtomicLong connections = new AtomicLong();
        byte[] one = join(NO_DIGESTS, frame(Wire.BLOCK, 0, BLOCK), new byte[BLOCK]);
        try (FakeParent parent =
                        new FakeParent((in, out) -> {
                            FakeParent.hello(in, out);
                            in.readNBytes(Wire.REQUEST_BYTES);
                            if (connections.incrementAndGet() == 1) {
                                out.write(one);
                                in.readNBytes(Wire.REQUEST_BYTES);
                            }
                        });
                PieceClient client =
                        new PieceClient(
                                PieceFixture.CLIENT, System::nanoTime, new PieceCounters())) {
            Recorder recorder = new Recorder();
            client.begin(parent.address(), request(0, 1), recorder, Throttle.NONE).run();
            RangeResult second =
                    client.begin(parent.address(), request(0, 1), recorder, Throttle.NONE).run();

            assertThat(reason(second)).isEqualTo(FailureReason.CLOSED);
            assertThat(connections).hasValue(2);
        }
    }

    @Test
    void keptConnectionsAreFewAndExpire() throws Exception {
        PieceClientSettings settings =
                new PieceClientSettings(
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        2,
                        8,
                        Duration.ofMillis(60),
                        4 << 20);
        try (PieceFixture fixture = new PieceFixture(PieceFixture.SERVER, settings)) {
            TestContent content = fixture.content(8 * BLOCK);
            List<CompletableFuture<RangeResult>> results = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Recorder recorder = new Recorder();
                results.add(PieceFixture.start(fixture.fetch(0, 1, recorder)));
                recorder.waited.await();
            }
            assertThat(fixture.serverCounters.get(CONNECTIONS_OPEN)).isEqualTo(5);
            content.put(0);
            for (CompletableFuture<RangeResult> result : results) {
                result.get();
            }
            // Three are closed because two are enough, two after their time.
            PieceFixture.eventually(() -> fixture.serverCounters.get(CONNECTIONS_OPEN) == 0);
            assertThat(fixture.clientCounters.get(CONNECTIONS_REUSED)).isZero();
        }
    }

    @Test
    void fetchesWaitForEachOthersBuffers() throws Exception {
        byte[] large = join(NO_DIGESTS, frame(Wire.BLOCK, 0, 3 << 20), new byte[3 << 20]);
        AtomicLong inside = new AtomicLong();
        AtomicLong most = new AtomicLong();
        try (FakeParent parent = FakeParent.replying(large);
                PieceClient client =
                        new PieceClient(
                                PieceFixture.CLIENT, System::nanoTime, new PieceCounters())) {
            List<CompletableFuture<RangeResult>> results = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Recorder recorder =
                        new Recorder() {
                            @Override
                            public boolean block(int block, ByteBuffer bytes) {
                                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                Thread.onSpinWait();
                                inside.decrementAndGet();
                                return true;
                            }
                        };
                results.add(
                        PieceFixture.start(
                                client.begin(
                                        parent.address(), request(0, 1), recorder, Throttle.NONE)));
            }
            for (CompletableFuture<RangeResult> result : results) {
                assertThat(result.get()).isEqualTo(new RangeResult.Complete(1));
            }
            assertThat(most).hasValue(1);
        }
    }
}
