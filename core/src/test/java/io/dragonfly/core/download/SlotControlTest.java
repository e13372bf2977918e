// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.protocol.FromPeer;

import org.junit.jupiter.api.Test;

final class SlotControlTest {
    private static final long MILLI = 1_000_000;

    private final SlotControl slots = new SlotControl();

    /// Ends `count` flows of so many milliseconds; the last thing that was said.
    private FromPeer.Slots ended(int count, long millis) {
        FromPeer.Slots said = new FromPeer.Slots(0, 0);
        for (int i = 0; i < count; i++) {
            said = slots.flowEnded(millis * MILLI).map(FromPeer.Slots.class::cast).orElse(said);
        }
        return said;
    }

    @Test
    void rangesThatComeAtOnceAskForMoreOfThem() {
        assertThat(ended(4, 10)).isEqualTo(new FromPeer.Slots(8, 8));
        assertThat(ended(4, 10)).isEqualTo(new FromPeer.Slots(16, 16));
    }

    @Test
    void thereIsAMost() {
        ended(8, 10);

        assertThat(ended(40, 1)).isEqualTo(new FromPeer.Slots(0, 0));
    }

    @Test
    void rangesThatTakeLongGoBackToFew() {
        ended(8, 10);

        assertThat(ended(4, 500)).isEqualTo(new FromPeer.Slots(8, 8));
        assertThat(ended(4, 500)).isEqualTo(new FromPeer.Slots(4, 4));
        assertThat(ended(40, 5000)).isEqualTo(new FromPeer.Slots(0, 0));
    }

    @Test
    void whatLiesBetweenChangesNothing() {
        assertThat(ended(40, 150)).isEqualTo(new FromPeer.Slots(0, 0));
    }

    @Test
    void theRateIsThatOfTheLastSecond() {
        slots.received(0, 5_000 * MILLI);
        slots.received(3_000_000, 5_500 * MILLI);
        slots.received(1_000_000, 7_000 * MILLI);

        assertThat(slots.bytesPerSecond()).isEqualTo(2_000_000);
    }
}
