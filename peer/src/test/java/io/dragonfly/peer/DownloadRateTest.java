// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DownloadRateTest {
    private static final long MILLI = 1_000_000;

    private final DownloadRate rate = new DownloadRate();

    @Test
    void theRateIsThatOfTheLastSecond() {
        rate.received(0, 5_000 * MILLI);
        rate.received(3_000_000, 5_500 * MILLI);
        rate.received(1_000_000, 7_000 * MILLI);

        assertThat(rate.bytesPerSecond()).isEqualTo(2_000_000);
    }
}
