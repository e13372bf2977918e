// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.protocol.MessageCodec;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

final class OutboxTest {
    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final ControlSettings SETTINGS =
            ControlSettings.DEFAULT
                    .withQueue(5000, MessageCodec.MAX_BYTES)
                    .withBatchDelay(java.time.Duration.ofMillis(10));

    private final Outbox outbox = new Outbox(SETTINGS, 0);

    @Test
    void the_first_frame_goes_at_once_and_the_next_waits_for_the_delay() {
        add(1);
        assertThat(outbox.delayNanos(0)).isZero();
        assertThat(outbox.take(0)).hasSize(1);
        assertThat(outbox.isEmpty()).isTrue();
        add(1);
        assertThat(outbox.delayNanos(3 * MILLI)).isEqualTo(7 * MILLI);
        add(2);
        assertThat(outbox.delayNanos(10 * MILLI)).isZero();
        assertThat(outbox.take(10 * MILLI)).hasSize(2);
        add(1);
        assertThat(outbox.delayNanos(60 * MILLI)).isZero();
    }

    @Test
    void enough_for_a_good_frame_does_not_wait() {
        add(1);
        outbox.take(0);
        add(32 << 10);
        assertThat(outbox.delayNanos(0)).isZero();
    }

    @Test
    void a_frame_takes_what_fits_and_at_least_one_message() {
        add(40_000);
        add(20_000);
        add(20_000);
        add(500_000);
        add(1);
        assertThat(outbox.take(0)).hasSize(2);
        assertThat(outbox.take(0)).hasSize(1);
        assertThat(outbox.take(0)).extracting(message -> message.length).containsExactly(500_000);
        assertThat(outbox.take(0)).hasSize(1);
        assertThat(outbox.isEmpty()).isTrue();
        add(1);
        assertThat(outbox.delayNanos(0)).isEqualTo(10 * MILLI);
    }

    @Test
    void a_frame_holds_no_more_messages_than_the_protocol_allows() {
        assertThat(outbox.add(Collections.nCopies(MessageCodec.MAX_MESSAGES + 1, new byte[2])))
                .isTrue();
        assertThat(outbox.take(0)).hasSize(MessageCodec.MAX_MESSAGES);
        assertThat(outbox.take(0)).hasSize(1);
    }

    @Test
    void a_frame_is_never_larger_than_the_limit() {
        ControlSettings d = ControlSettings.DEFAULT;
        MessageCodec codec = new MessageCodec(1024, MessageCodec.MAX_MESSAGES);
        Outbox small =
                new Outbox(
                        new ControlSettings(
                                d.handshakeTimeout(),
                                d.pingInterval(),
                                d.deadAfter(),
                                d.batchDelay(),
                                d.closeTimeout(),
                                1024,
                                1000,
                                1 << 20,
                                1,
                                1),
                        0);
        small.add(Collections.nCopies(1000, new byte[10]));
        int frames = 0;
        while (!small.isEmpty()) {
            assertThat(codec.frame(small.take(0))).hasSizeLessThanOrEqualTo(1024);
            frames++;
        }
        assertThat(frames).isEqualTo(11); // 92 messages with a comma each and two brackets are 1013
    }

    @Test
    void all_messages_are_taken_or_none() {
        assertThat(outbox.add(Collections.nCopies(4999, new byte[1]))).isTrue();
        assertThat(outbox.add(List.of(new byte[1], new byte[1]))).isFalse();
        assertThat(outbox.add(List.of(new byte[1]))).isTrue();
        assertThat(outbox.add(List.of(new byte[1]))).isFalse();
        outbox.clear();
        assertThat(outbox.add(List.of(new byte[MessageCodec.MAX_BYTES]))).isTrue();
        assertThat(outbox.add(List.of(new byte[1]))).isFalse();
    }

    private void add(int bytes) {
        assertThat(outbox.add(List.of(new byte[bytes]))).isTrue();
    }
}
