// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRateTest {
    @ParameterizedTest
    @CsvSource({
        "20M, 20971520",
        "1G, 1073741824",
        "512K, 524288",
        "100MB, 104857600",
        "3g, 3221225472",
        "2GB, 2147483648",
        "7m, 7340032",
        "64k, 65536",
        "8KB, 8192",
        "5B, 5",
        "1000, 1000",
        "0, 0",
        "0M, 0",
        "' 20M ', 20971520",
    })
    void readsWhatVersionOneRead(String text, long bytes) {
        assertThat(ByteRate.parse(text)).isEqualTo(new ByteRate(bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "M", "20 M", "-1", "1.5M", "20T", "20MBB", "20M/s", "0x10", "1e6"})
    void saysWhatARateIsWhereItIsNone(String text) {
        assertThatThrownBy(() -> ByteRate.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a rate: '" + text + "'")
                .hasMessageContaining("like 20M");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9999999999G", "9223372036854775808", "9999999999999999999"})
    void saysWhereANumberIsTooLarge(String text) {
        assertThatThrownBy(() -> ByteRate.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large");
    }

    @ParameterizedTest
    @CsvSource({
        "20M,20M",
        "100MB,100M",
        "1024K,1M",
        "1000,1000",
        "1025,1025",
        "0,0",
        "3072g,3072G"
    })
    void printsTheShortestTextThatIsReadBack(String text, String printed) {
        assertThat(ByteRate.parse(text)).hasToString(printed);
        assertThat(ByteRate.parse(printed)).isEqualTo(ByteRate.parse(text));
    }

    @Test
    void zeroIsUnlimited() {
        assertThat(ByteRate.parse("0")).isEqualTo(ByteRate.UNLIMITED);
        assertThat(ByteRate.UNLIMITED.unlimited()).isTrue();
        assertThat(new ByteRate(1).unlimited()).isFalse();
    }
}
