// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static io.dragonfly.net.piece.FakeParent.frame;
import static io.dragonfly.net.piece.FakeParent.join;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_OPEN;
import static io.dragonfly.net.piece.PieceFixture.BLOCK;
import static io.dragonfly.net.piece.PieceFixture.request;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Garbage from either side, made from seeds.
@Timeout(120)
class PieceFuzzTest {
    private static RangeResult run(FakeParent parent, RangeRequest request) {
        PieceClientSettings impatient =
                new PieceClientSettings(
                        Duration.ofSeconds(20),
                        Duration.ofMillis(100),
                        4,
                        8,
                        Duration.ofSeconds(60),
                        4 << 20);
        try (PieceClient client =
                new PieceClient(impatient, System::nanoTime, new PieceCounters())) {
            return client.begin(parent.address(), request, new Recorder(), Throttle.NONE).run();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomBytesCloseTheirConnectionAndNothingElse(long seed) throws IOException {
        Random random = new Random(seed);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(ServerConnection.class);
        logger.addAppender(log);
        try (PieceFixture fixture = new PieceFixture()) {
            fixture.content(4 * BLOCK).putAll();
            for (int i = 0; i < 40; i++) {
                try (RawPeer raw = new RawPeer(fixture.address)) {
                    if (random.nextInt(4) > 0) {
                        raw.hello();
                    }
                    byte[] bytes = RawPeer.requestBytes(request(random.nextInt(4), 4));
                    for (int change = random.nextInt(6); change > 0; change--) {
                        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                    }
                    raw.send(Arrays.copyOf(bytes, random.nextInt(2 * bytes.length)));
                    raw.socket.shutdownOutput();
                    while (!raw.ends()) {
                        // What it answers does not matter here, only that it ends.
                    }
                } catch (IOException _) {
                    // The server closed first.
                }
            }
            assertThat(fixture.fetch(0, 1, new Recorder()).run())
                    .as("seed %d", seed)
                    .isEqualTo(new RangeResult.Complete(1));
            PieceFixture.eventually(() -> fixture.serverCounters.get(CONNECTIONS_OPEN) == 1);
        } finally {
            logger.detachAppender(log);
        }
        assertThat(List.copyOf(log.list))
                .allMatch(event -> event.getThrowableProxy() == null)
                .allMatch(event -> !event.getLevel().isGreaterOrEqual(Level.WARN));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomRepliesNeverHangAndNeverThrow(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            byte[] reply = mutated(random);
            try (FakeParent parent =
                    random.nextInt(8) == 0
                            ? FakeParent.silentAfter(reply)
                            : FakeParent.replying(reply)) {
                RangeRequest request =
                        new RangeRequest(PieceFixture.VERSION, PieceFixture.SECRET, 0, 0, 2, true);
                assertThat(run(parent, request)).as("seed %d", seed).isNotNull();
            }
        }
    }

    /// A right reply with some bytes changed, dropped or added.
    private static byte[] mutated(Random random) {
        byte[] digests = new byte[64];
        byte[] reply =
                join(
                        frame(Wire.HEADER, 0, 2),
                        digests,
                        frame(Wire.BLOCK, 0, 64),
                        new byte[64],
                        frame(Wire.WAITING, 1, 0),
                        frame(Wire.BLOCK, 1, 64),
                        new byte[64]);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(reply.length);
            switch (random.nextInt(4)) {
                case 0 -> reply[at] = (byte) random.nextInt();
                case 1 -> reply[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> reply = Arrays.copyOf(reply, at + 1);
                default -> {
                    byte[] garbage = new byte[random.nextInt(100)];
                    random.nextBytes(garbage);
                    reply = join(Arrays.copyOf(reply, at), garbage);
                }
            }
        }
        return reply;
    }
}
