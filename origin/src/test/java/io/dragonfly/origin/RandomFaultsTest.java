// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/// Whatever an origin does, what was delivered is right, and what is called complete is one
/// version.
@Timeout(300)
final class RandomFaultsTest {
    private static final int BLOCK = ReaderFixture.BLOCK;
    private static final int SEEDS = 200;

    @Test
    void randomFaultsNeverGiveWrongBytes() throws IOException {
        int complete = 0;
        long first = Long.getLong("dragonfly.seed", 1);
        for (long seed = first; seed < first + SEEDS; seed++) {
            complete += run(seed) ? 1 : 0;
        }
        // The faults are mild enough for a good part to succeed; otherwise this proves nothing.
        assertThat(complete).isGreaterThan(SEEDS / 4);
    }

    private static boolean run(long seed) throws IOException {
        Random random = new Random(seed);
        int length =
                random.nextInt(4) == 0 ? random.nextInt(3 * BLOCK) : random.nextInt(100 * BLOCK);
        String kind =
                new String[] {"strong", "strong", "strong", "weak", "none"}[random.nextInt(5)];
        Content one = named(Content.random(seed, length), kind);
        Content two = named(Content.random(-seed, Math.max(0, length - random.nextInt(3))), kind);
        AtomicReference<Content> current = new AtomicReference<>(one);
        // The server's threads ask in any order, so a seed gives the faults, not their exact order.
        Random faults = new Random(seed);
        int fuel = random.nextInt(12);
        int[] left = {fuel};
        Behaviour hostile =
                (request, wire) -> {
                    Behaviour next;
                    synchronized (faults) {
                        next =
                                left[0]-- > 0
                                        ? fault(faults, current, two)
                                        : Answers.honest(current.get());
                    }
                    next.answer(request, wire);
                };
        try (HostileOrigin origin = HostileOrigin.start(hostile);
                Origins origins =
                        Origins.load(
                                new OriginSettings(
                                        List.of(),
                                        Map.of(),
                                        Duration.ofSeconds(10),
                                        Duration.ofMillis(400),
                                        "test"))) {
            OriginReader reader =
                    new OriginReader(
                            origins,
                            settings(random),
                            new Random(seed),
                            (_, _) -> {},
                            System::nanoTime);
            return read(reader, origin, seed, one, two);
        }
    }

    private static boolean read(
            OriginReader reader, HostileOrigin origin, long seed, Content one, Content two)
            throws IOException {
        CollectingSink sink = new CollectingSink();
        long length;
        boolean complete = false;
        try (OpenedOrigin opened = reader.open(TaskSpec.of(origin.url("/f")), null)) {
            length = opened.length();
            try {
                opened.read(ReaderFixture.geometry(length), sink, _ -> {});
                complete = true;
            } catch (OriginException e) {
                assertThat(e.kind())
                        .as("seed %d: %s", seed, e.getMessage())
                        .isIn(
                                Kind.NETWORK,
                                Kind.UNAVAILABLE,
                                Kind.CHANGED,
                                Kind.PROTOCOL,
                                Kind.DENIED);
            }
        } catch (OriginException e) {
            return false;
        }
        byte[] got = sink.bytes();
        if (complete) {
            assertThat(Arrays.equals(got, one.bytes()) || Arrays.equals(got, two.bytes()))
                    .as("seed %d: %d bytes are neither version", seed, got.length)
                    .isTrue();
            assertThat(length).as("seed %d", seed).isIn((long) got.length, Geometry.UNKNOWN);
        } else {
            assertThat(sink.isPartOf(one.bytes(), BLOCK) || sink.isPartOf(two.bytes(), BLOCK))
                    .as("seed %d: delivered blocks are of neither version alone", seed)
                    .isTrue();
        }
        return complete;
    }

    private static Content named(Content content, String kind) {
        return switch (kind) {
            case "strong" -> content;
            case "weak" -> content.withEtag("W/" + content.etag());
            default -> content.withoutValidators();
        };
    }

    private static ReaderSettings settings(Random random) {
        return new ReaderSettings(
                1 + random.nextInt(5),
                BLOCK * (1L + random.nextInt(20)),
                BLOCK,
                random.nextBoolean() ? Long.MAX_VALUE : 1,
                random.nextInt(8),
                Duration.ofMillis(1),
                Duration.ofMillis(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                1);
    }

    private static Behaviour fault(Random random, AtomicReference<Content> current, Content next) {
        Content content = current.get();
        int some = random.nextInt(content.bytes().length + 1);
        return switch (random.nextInt(20)) {
            case 0 -> Answers.truncating(content, some);
            case 1, 2 -> Answers.resetting(content, some);
            case 3 -> Answers.ignoringRange(content);
            case 4 -> Answers.wrongContentRange(content, 1 + random.nextInt(BLOCK));
            case 5 -> Answers.wrongContentRange(content, -1);
            case 6 -> Answers.partUnder200(content);
            case 7 -> Answers.refusingRanges(content);
            case 8 -> Answers.status(503, "Busy", "Retry-After: 1");
            case 9 -> Answers.status(500, "Oops");
            case 10 -> Answers.silent();
            case 11 -> Answers.gzip(content);
            case 12 -> Answers.chunked(content, 1 + random.nextInt(10_000));
            case 13 -> Answers.chunkedCut(content, 1 + random.nextInt(10_000));
            case 14 -> Answers.wrongLength(content, 1 + random.nextInt(1000));
            case 15 -> Answers.http10(content);
            case 16 ->
                    random.nextInt(5) == 0
                            ? Answers.stalling(content, some)
                            : Answers.honest(content);
            case 17 -> {
                current.set(next);
                yield Answers.honest(next);
            }
            case 18 -> Answers.redirect(302, () -> "/other" + random.nextInt(1000));
            default -> Answers.honest(content);
        };
    }
}
