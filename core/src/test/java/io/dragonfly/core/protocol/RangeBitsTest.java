// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.protocol.ProtocolException.Code;

import org.junit.jupiter.api.Test;

import java.util.BitSet;
import java.util.Random;

final class RangeBitsTest {
    @Test
    void bit_0_of_byte_0_is_range_0() throws ProtocolException {
        assertThat(RangeBits.decode("BQE=", 9)).isEqualTo(set(0, 2, 8));
        assertThat(RangeBits.encode(set(0, 2, 8))).isEqualTo("BQE=");
    }

    @Test
    void no_ranges_are_an_empty_text() throws ProtocolException {
        assertThat(RangeBits.encode(new BitSet())).isEmpty();
        assertThat(RangeBits.decode("", 0)).isEqualTo(new BitSet());
        assertThat(RangeBits.decode("AAAA", 0)).isEqualTo(new BitSet());
    }

    @Test
    void random_sets_come_back_as_they_were() throws ProtocolException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            BitSet set = new BitSet();
            int size = random.nextInt(1, 5000);
            random.ints(random.nextInt(size), 0, size).forEach(set::set);
            assertThat(RangeBits.decode(RangeBits.encode(set), size))
                    .as("seed %d", seed)
                    .isEqualTo(set);
        }
    }

    @Test
    void the_largest_set_fits_into_a_message() throws ProtocolException {
        BitSet set = new BitSet();
        set.set(0, RangeBits.MAX_RANGES);
        String text = RangeBits.encode(set);
        assertThat(text).hasSizeLessThanOrEqualTo(RangeBits.MAX_CHARS);
        assertThat(RangeBits.decode(text, RangeBits.MAX_RANGES)).isEqualTo(set);
        set.set(RangeBits.MAX_RANGES);
        assertThatThrownBy(() -> RangeBits.encode(set))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_is_no_bitmap_of_the_version_is_refused() {
        assertRefused("BQE=", 8, Code.BAD_VALUE);
        assertRefused("B", 8, Code.BAD_VALUE);
        assertRefused("B*==", 8, Code.BAD_VALUE);
        assertRefused("A".repeat(RangeBits.MAX_CHARS + 4), RangeBits.MAX_RANGES, Code.TOO_LARGE);
        assertRefused("/".repeat(RangeBits.MAX_CHARS), Integer.MAX_VALUE, Code.BAD_VALUE);
    }

    private static void assertRefused(String text, int ranges, Code code) {
        assertThatThrownBy(() -> RangeBits.decode(text, ranges))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static BitSet set(int... ranges) {
        BitSet set = new BitSet();
        for (int range : ranges) {
            set.set(range);
        }
        return set;
    }
}
