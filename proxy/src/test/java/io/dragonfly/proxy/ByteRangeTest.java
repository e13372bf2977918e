// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Optional;
import java.util.Random;

final class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-, 0, 10",
        "bytes=0-0, 0, 1",
        "bytes=3-7, 3, 8",
        "bytes=9-, 9, 10",
        "bytes=3-70, 3, 10",
        "bytes=-3, 7, 10",
        "bytes=-30, 0, 10",
        "' bytes = 1 - 2 ', 1, 3",
    })
    void a_range_of_ten_bytes(String header, long first, long end) {
        assertThat(ByteRange.parse(header).orElseThrow().of(10))
                .contains(new ByteRange.Part(first, end));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-20", "bytes=-0"})
    void a_range_outside(String header) {
        assertThat(ByteRange.parse(header).orElseThrow().of(10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=5-3",
                "bytes=0-1,2-3",
                "items=0-1",
                "bytes=0-99999999999999999999",
                "bytes=--1",
                "bytes=1"
            })
    void what_is_no_single_range_is_none(String header) {
        assertThat(ByteRange.parse(header)).isEmpty();
    }

    @Test
    void every_range_lies_within_the_content() {
        long seed = 4711;
        Random random = new Random(seed);
        String alphabet = "bytes=-0123456789, ";
        for (int i = 0; i < 100_000; i++) {
            StringBuilder header = new StringBuilder(random.nextInt(4) == 0 ? "" : "bytes=");
            for (int n = random.nextInt(14); n > 0; n--) {
                header.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            long length = random.nextInt(100);
            Optional<ByteRange.Part> part =
                    ByteRange.parse(header.toString()).flatMap(r -> r.of(length));
            part.ifPresent(p ->
                    assertThat(p.first() >= 0 && p.first() < p.end() && p.end() <= length)
                            .as("seed %d: %s of %d", seed, header, length)
                            .isTrue());
        }
    }
}
