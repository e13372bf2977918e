// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.download.DownloadSettings;
import io.dragonfly.core.download.DownloadState;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.protocol.DigestList;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.ProtocolException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Base64;
import java.util.SplittableRandom;

/// A supernode that is broken must be told so in one line, not harm its peers.
final class InboundTest {
    private static final String VERSION = "0".repeat(32);
    private static final HostPort SEED = new HostPort("10.0.0.1", 8001);

    @ParameterizedTest
    @ValueSource(longs = {Geometry.UNKNOWN, 20 << 20, 0})
    void whateverASupernodeSaysIsAnEventOrNonsense(long length) {
        Geometry geometry = Geometry.of(length);
        int events = 0;
        int refused = 0;
        for (long seed = 1; seed <= 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            DownloadState state = new DownloadState(geometry, DownloadSettings.DEFAULT);
            try {
                for (DownloadEvent event : Inbound.events(wild(random), geometry, SEED)) {
                    state.on(event, 1);
                    events++;
                }
            } catch (ProtocolException e) {
                assertThat(e.getMessage()).hasLineCount(1).hasSizeLessThan(200);
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed %d length %d".formatted(seed, length), e);
            }
        }
        assertThat(refused).isPositive();
        assertThat(events).isGreaterThanOrEqualTo(length == 0 ? 0 : 100);
    }

    private static FromSupernode wild(SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> {
                String digest = random.nextBoolean() ? "ab".repeat(32) : null;
                String host = random.nextBoolean() ? "10.0.0.2" : null;
                yield new FromSupernode.Offer(
                        VERSION, number(random), number(random), "p", host, 1, digest);
            }
            case 1 -> new FromSupernode.BlockDigests(VERSION, number(random), digests(random));
            case 2 -> new FromSupernode.PieceDigests(VERSION, number(random), digests(random));
            case 3 -> new FromSupernode.Cancel(VERSION, number(random), "p");
            default -> new FromSupernode.Length(VERSION, random.nextLong(Long.MAX_VALUE));
        };
    }

    private static int number(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> Integer.MAX_VALUE - random.nextInt(3);
            case 1 -> random.nextInt(Integer.MAX_VALUE);
            default -> random.nextInt(90);
        };
    }

    private static String digests(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(100) : 32];
        random.nextBytes(bytes);
        String text = Base64.getEncoder().encodeToString(bytes);
        return random.nextInt(4) == 0 ? text.replace('A', '!') + "?" : text;
    }

    private static FromSupernode registered(
            long length, int pieceSize, String encoding, @Nullable String inline) {
        return new FromSupernode.Registered(
                1,
                "0".repeat(64),
                VERSION,
                VERSION,
                length,
                pieceSize,
                256 << 10,
                4,
                encoding,
                "",
                "",
                "",
                inline);
    }

    @Test
    void aRegistrationThatMakesNoSenseIsNonsense() {
        int piece = 4 << 20;
        String three = Base64.getEncoder().encodeToString(new byte[3]);
        assertThatCode(() -> Inbound.check(registered(3, piece, "IDENTITY", three)))
                .doesNotThrowAnyException();
        for (FromSupernode bad :
                new FromSupernode[] {
                    registered(4, piece, "IDENTITY", three),
                    registered(3, piece, "IDENTITY", "not base64!"),
                    registered(3, piece + 1, "IDENTITY", null),
                    registered(3, piece, "no such encoding", null),
                    registered(Long.MAX_VALUE, piece, "IDENTITY", null)
                }) {
            assertThatThrownBy(() -> Inbound.check(bad)).isInstanceOf(ProtocolException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "?", "=", "A", "AAAAAAAA"})
    void aDigestListIsRightOrAProtocolException(String text) {
        try {
            assertThat(DigestList.decode(text).size()).isZero();
            assertThat(text).isEmpty();
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).startsWith("a list of digests");
        }
    }
}
