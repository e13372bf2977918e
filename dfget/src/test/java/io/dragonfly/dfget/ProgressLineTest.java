// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.daemon.DownloadReport;

import org.junit.jupiter.api.Test;

import java.util.Map;

/// What the bar looks like.
final class ProgressLineTest {
    private static final long MIB = 1 << 20;

    private static DownloadReport report(long length, long peers, long supernode, long origin) {
        return new DownloadReport(
                "running",
                "",
                "",
                length,
                peers + supernode + origin,
                peers,
                supernode,
                origin,
                0,
                "",
                "",
                "",
                Map.of(),
                Map.of());
    }

    @Test
    void theBarTakesWhatTheTermsLeave() {
        DownloadReport half = report(3000 * MIB, 1200 * MIB, 225 * MIB, 75 * MIB);
        assertThat(ProgressLine.render(half, 118 * MIB, 120))
                .isEqualTo(
                        " 50% [==================>                    ] 1.5 GiB of 2.9 GiB  118"
                                + " MiB/s  eta 12s  peers 80% supernode 15% origin 5%");
        assertThat(ProgressLine.render(half, 118 * MIB, 79))
                .isEqualTo(
                        " 50% [===============>                 ] 1.5 GiB of 2.9 GiB  118 MiB/s"
                                + "  eta 12s");
        assertThat(ProgressLine.render(half, 118 * MIB, 40))
                .isEqualTo(" 50% [======>       ] 1.5 GiB of 2.9 GiB");
        assertThat(ProgressLine.render(half, 118 * MIB, 20)).isEqualTo(" 50% [=====>      ]");
    }

    @Test
    void noLineIsWiderThanAskedFor() {
        DownloadReport some = report(3_333_333_333L, 1_111_111_111, 22_222, 333);
        for (int width = 1; width < 200; width++) {
            assertThat(ProgressLine.render(some, 12_345_678, width).length())
                    .isLessThanOrEqualTo(width);
            assertThat(ProgressLine.render(report(-1, 5, 0, 0), 1, width).length())
                    .isLessThanOrEqualTo(width);
        }
    }

    @Test
    void withoutALengthThereIsNoBar() {
        assertThat(ProgressLine.render(report(-1, 5 * MIB, 0, 0), 2 * MIB, 79))
                .isEqualTo("5.0 MiB  2.0 MiB/s  peers 100%");
    }

    @Test
    void theFirstAndTheLastLine() {
        assertThat(ProgressLine.render(DownloadReport.NONE, 0, 79)).isEqualTo("0 B  registering");
        assertThat(ProgressLine.render(report(10, 10, 0, 0), 10, 40))
                .isEqualTo("100% [============] 10 B of 10 B  10 B/s");
        assertThat(ProgressLine.render(report(0, 0, 0, 0), 0, 40))
                .isEqualTo("100% [======================] 0 B of 0 B");
        assertThat(Reporter.finalLine("x", report(100 * MIB, 50 * MIB, 0, 50 * MIB), 2_000_000_000))
                .isEqualTo("x: 100 MiB in 2.0 s (50.0 MiB/s), peers 50%, origin 50%");
        assertThat(Reporter.finalLine("-", report(0, 0, 0, 0), 40_000_000))
                .isEqualTo("0 B in 0.0 s");
    }

    @Test
    void logsGetALineWithoutABar() {
        assertThat(ProgressLine.plain(report(100, 25, 0, 0), 25))
                .isEqualTo("25%  25 B of 100 B  25 B/s  eta 3s  peers 100%");
    }

    @Test
    void numbersHaveAboutThreeDigits() {
        assertThat(Units.bytes(0)).isEqualTo("0 B");
        assertThat(Units.bytes(1023)).isEqualTo("1023 B");
        assertThat(Units.bytes(1024)).isEqualTo("1.0 KiB");
        assertThat(Units.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Units.bytes(117 * MIB)).isEqualTo("117 MiB");
        assertThat(Units.bytes(1023 * MIB)).isEqualTo("1023 MiB");
        assertThat(Units.bytes(Long.MAX_VALUE)).isEqualTo("8.0 EiB");
        assertThat(Units.time(59)).isEqualTo("59s");
        assertThat(Units.time(125)).isEqualTo("2m05s");
        assertThat(Units.time(3720)).isEqualTo("1h02m");
        assertThat(Units.time(273_600)).isEqualTo("3d04h");
    }

    @Test
    void theRateFollowsTheLastSeconds() {
        RateMeter meter = new RateMeter();
        assertThat(meter.update(0, 0)).isZero();
        assertThat(meter.update(1000, 1_000_000_000)).isEqualTo(1000);
        long later = 0;
        for (int i = 2; i < 30; i++) {
            later = meter.update(1000 + (i - 1) * 5000L, i * 1_000_000_000L);
        }
        assertThat(later).isBetween(4990L, 5000L);
        assertThat(meter.update(150_000, 29_000_000_001L)).isEqualTo(later);
    }
}
