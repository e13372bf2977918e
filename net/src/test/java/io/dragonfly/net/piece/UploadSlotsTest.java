// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UploadSlotsTest {
    @Test
    void theFirstToWaitIsTheFirstToGetASlotHoweverOftenItLooks() {
        UploadSlots slots = new UploadSlots(1);
        assertThat(slots.tryAcquire()).isTrue();
        UploadSlots.Turn first = slots.enqueue();
        UploadSlots.Turn second = slots.enqueue();
        assertThat(first.await(1)).isFalse();
        assertThat(second.await(1)).isFalse();
        assertThat(first.await(1)).isFalse();
        assertThat(slots.waiting()).isEqualTo(2);

        slots.release();

        assertThat(second.await(1)).isFalse();
        assertThat(first.await(1)).isTrue();
        assertThat(slots.tryAcquire()).as("somebody waits").isFalse();
        slots.release();
        assertThat(second.await(1)).isTrue();
    }

    @Test
    void whoLeavesTheQueueHoldsUpNobody() {
        UploadSlots slots = new UploadSlots(1);
        slots.tryAcquire();
        UploadSlots.Turn first = slots.enqueue();
        UploadSlots.Turn second = slots.enqueue();

        first.abandon();
        slots.release();
        assertThat(second.await(1)).isTrue();
        second.abandon();

        assertThat(slots.waiting()).isZero();
        assertThat(slots.tryAcquire()).as("the granted slot came back").isTrue();
    }

    @Test
    void theNumberOfSlotsMayChange() {
        UploadSlots slots = new UploadSlots(1);
        slots.tryAcquire();
        UploadSlots.Turn turn = slots.enqueue();

        slots.resize(2);
        assertThat(turn.await(1)).isTrue();
        slots.resize(1);
        slots.release();
        assertThat(slots.tryAcquire()).as("one is still held").isFalse();
        slots.resize(0);
        assertThat(slots.tryAcquire()).as("unlimited").isTrue();
    }
}
