// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.RangeBits;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Messages that the codec lets through and that mean nothing, or harm.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WildMessagesTest {
    private static final int BLOCKS = 70;

    @ParameterizedTest
    @ValueSource(longs = {Geometry.UNKNOWN, 70L * 1024, 0})
    void noMessageMakesTheLoopFailOrGrow(long length) throws Exception {
        for (long seed = 1; seed <= 5; seed++) {
            try (LoopFixture fixture = new LoopFixture(10)) {
                SeedVersion version = fixture.version(1, length);
                fixture.loop.post(() -> fixture.loop.open(version));
                read(fixture, version, length == 0 ? 0 : BLOCKS / 2);
                Wild wild = new Wild(new SplittableRandom(seed), version.version().id().hex());
                PeerSession[] peers = new PeerSession[3];
                for (int i = 0; i < 3000; i++) {
                    int at = i % peers.length;
                    PeerSession peer = peers[at];
                    if (peer == null || peer.ended()) {
                        peer = fixture.peer("p" + at);
                        peer.admit(version.version().id(), version.secret());
                        peers[at] = peer;
                    }
                    PeerSession speaker = peer;
                    FromPeer message = wild.next();
                    fixture.loop.post(() -> fixture.reports.apply(speaker, message));
                    fixture.settle();
                    assertThat(fixture.loop.bugs()).as("seed %d: %s", seed, message).isZero();
                }
                int awaited =
                        fixture.loop.ask(l -> {
                            Swarm swarm = l.swarm(version.version().id());
                            return swarm == null ? -1 : swarm.awaited();
                        });
                assertThat(awaited).isBetween(0, length < 0 ? BLOCKS + 1024 : BLOCKS);
                int known = fixture.loop.ask(l -> l.peers().size());
                assertThat(known).isLessThanOrEqualTo(3);
            }
        }
    }

    private static void read(LoopFixture fixture, SeedVersion version, int blocks) {
        for (int block = 0; block < blocks; block++) {
            int number = block;
            Sha256 digest = Sha256.of(new byte[] {(byte) block});
            fixture.loop.post(() -> fixture.loop.blockRead(version, number, digest));
        }
    }

    @Test
    void numbersThatCannotBeEndTheStreamWithTheReason() throws Exception {
        try (LoopFixture fixture = new LoopFixture(10)) {
            SeedVersion version = fixture.version(1, 70L * LoopFixture.BLOCK);
            String id = version.version().id().hex();
            fixture.loop.post(() -> fixture.loop.open(version));
            List<FromPeer> nonsense =
                    List.of(
                            new FromPeer.Announce(id, "", List.of(1 << 30), true, 0, null),
                            new FromPeer.Progress(id, List.of(1 << 30), List.of(), 0, 0),
                            new FromPeer.Progress(id, List.of(), List.of(), 1 << 30, 0),
                            new FromPeer.Failed(id, 1 << 30, "p", FailureReason.CORRUPT, 0),
                            new FromPeer.Slow(id, 1, "p", 1 << 30),
                            new FromPeer.Rechecked(id, 0, 4, List.of(1 << 30)));
            for (FromPeer message : nonsense) {
                PeerSession peer = fixture.peer("p");
                peer.admit(version.version().id(), version.secret());
                fixture.loop.post(() -> fixture.reports.apply(peer, message));
                fixture.settle();
                assertThat(LoopFixture.stream(peer).closed)
                        .as("%s", message)
                        .contains("names 1073741824, which this version cannot have");
            }
        }
    }

    /// Messages with numbers that are small, large, or near a limit.
    private static final class Wild {
        private final SplittableRandom random;
        private final String version;

        Wild(SplittableRandom random, String version) {
            this.random = random;
            this.version = version;
        }

        FromPeer next() {
            return switch (random.nextInt(9)) {
                case 0 ->
                        new FromPeer.Announce(
                                version, bits(), numbers(), random.nextBoolean(), number(), null);
                case 1 -> new FromPeer.Progress(version, numbers(), numbers(), number(), 0);
                case 2 -> new FromPeer.Failed(version, number(), parent(), reason(), number());
                case 3 -> new FromPeer.Slow(version, number(), parent(), number());
                case 4 -> new FromPeer.Rechecked(version, number(), number(), numbers());
                case 5 -> new FromPeer.Slots(number(), number());
                case 6 -> new FromPeer.Leave(version);
                case 7 -> new FromPeer.OriginEnded("0".repeat(64), true, "");
                default -> random.nextInt(20) == 0 ? new FromPeer.Bye() : announceAll();
            };
        }

        private FromPeer announceAll() {
            return new FromPeer.Announce(version, "", List.of(), true, 0, null);
        }

        private int number() {
            return switch (random.nextInt(12)) {
                case 0 -> random.nextInt(Integer.MAX_VALUE);
                case 1 -> Integer.MAX_VALUE - random.nextInt(3);
                case 2 -> RangeBits.MAX_RANGES - random.nextInt(3);
                default -> random.nextInt(BLOCKS / 2);
            };
        }

        private List<Integer> numbers() {
            List<Integer> numbers = new ArrayList<>();
            int size = random.nextInt(5);
            for (int i = 0; i < size; i++) {
                numbers.add(number());
            }
            return numbers;
        }

        private String bits() {
            BitSet bits = new BitSet();
            int size = random.nextInt(4);
            for (int i = 0; i < size; i++) {
                bits.set(Math.min(number(), RangeBits.MAX_RANGES - 1));
            }
            return random.nextInt(20) == 0 ? "not base64" : RangeBits.encode(bits);
        }

        private String parent() {
            return random.nextBoolean() ? PeerId.SEED.value() : "p" + random.nextInt(4);
        }

        private FailureReason reason() {
            FailureReason[] reasons = FailureReason.values();
            return reasons[random.nextInt(reasons.length)];
        }
    }
}
