// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.core.model.HostPort;

import org.junit.jupiter.api.Test;

import picocli.CommandLine.TypeConversionException;

import java.time.Duration;
import java.util.List;

/// Rates, durations, supernodes and exit codes as people write them.
final class ConvertersTest {
    @Test
    void ratesAreReadByTheLimitsOwnParser() {
        ByteRateConverter converter = new ByteRateConverter();
        for (String text : List.of("0", "7", "7B", "20M", "20mb", "1G", "3gB", "512k", " 9K ")) {
            assertThat(converter.convert(text))
                    .as(text)
                    .isEqualTo(ByteRate.parse(text).bytesPerSecond());
        }
        for (String bad : List.of("", "fast", "99999999999999999999", "9007199254740993G")) {
            assertThatExceptionOfType(TypeConversionException.class)
                    .as(bad)
                    .isThrownBy(() -> converter.convert(bad))
                    .withMessageContaining("'" + bad + "'");
        }
    }

    @Test
    void wholeNumbersHaveBounds() throws Exception {
        assertThat(new WholeNumber.Port().convert("65535")).isEqualTo(65_535);
        assertThat(new WholeNumber.OptionalPort().convert("-1")).isEqualTo(-1);
        assertThat(new WholeNumber.Count().convert(" 7 ")).isEqualTo(7);
        for (String bad : List.of("-1", "65536", "", "x", "1.5", "99999999999")) {
            assertThatExceptionOfType(TypeConversionException.class)
                    .as(bad)
                    .isThrownBy(() -> new WholeNumber.Port().convert(bad))
                    .withMessage("'" + bad + "' is not a whole number of 0 to 65535");
        }
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> new WholeNumber.Count().convert("0"));
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> new WholeNumber.OptionalPort().convert("-2"));
    }

    @Test
    void durationsHaveUnitsOrAreSeconds() {
        assertThat(DurationConverter.parse("10s")).isEqualTo(Duration.ofSeconds(10));
        assertThat(DurationConverter.parse("5m")).isEqualTo(Duration.ofMinutes(5));
        assertThat(DurationConverter.parse("1h30m")).isEqualTo(Duration.ofMinutes(90));
        assertThat(DurationConverter.parse("250ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(DurationConverter.parse("90")).isEqualTo(Duration.ofSeconds(90));
        assertThat(DurationConverter.parse("2d")).isEqualTo(Duration.ofDays(2));
    }

    @Test
    void whatIsNoDurationIsRefused() {
        for (String bad : List.of("", "s", "1x", "-5s", "1h30", "1.5s", "99999999999d", "m5")) {
            assertThatIllegalArgumentException()
                    .as(bad)
                    .isThrownBy(() -> DurationConverter.parse(bad))
                    .withMessageContaining("'" + bad + "'");
        }
    }

    @Test
    void aWrittenDurationReadsTheSame() {
        for (String text : List.of("0s", "1ms", "90s", "5m", "1h", "48h", "61m")) {
            assertThat(DurationConverter.text(DurationConverter.parse(text))).isEqualTo(text);
        }
    }

    @Test
    void supernodesComeInTheOrderOfTheirWeight() {
        assertThat(NodeList.parse(List.of("a, b:1=2 ,[::1]:9=2", "c=0,a:8002")))
                .containsExactly(
                        new HostPort("b", 1),
                        new HostPort("::1", 9),
                        new HostPort("a", 8002),
                        new HostPort("c", 8002));
        assertThat(NodeList.parse(List.of())).isEmpty();
    }

    @Test
    void whatIsNoSupernodeIsRefused() {
        for (String bad : List.of("a=x", "=2", "http://a", "a:b", "a=-1", "a:70000")) {
            assertThatIllegalArgumentException()
                    .as(bad)
                    .isThrownBy(() -> NodeList.parse(List.of(bad)));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeList.parse(List.of("a,".repeat(101))))
                .withMessageContaining("100");
    }

    @Test
    void exitCodesAndWordsAreUnique() {
        assertThat(ExitCode.values()).extracting(ExitCode::number).doesNotHaveDuplicates();
        assertThat(ExitCode.values()).extracting(ExitCode::word).doesNotHaveDuplicates();
        assertThat(ExitCode.of("origin-denied")).isEqualTo(ExitCode.ORIGIN_DENIED);
        assertThat(ExitCode.of("something-newer")).isEqualTo(ExitCode.FAILED);
        assertThat(ExitCode.of("")).isEqualTo(ExitCode.FAILED);
    }
}
