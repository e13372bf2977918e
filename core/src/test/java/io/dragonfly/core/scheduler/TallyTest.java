// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

class TallyTest {
    @Test
    void countsLikeCountingOneByOne() {
        long seed = 42;
        Random random = new Random(seed);
        Tally tally = new Tally();
        int[] expected = new int[300];
        List<BitSet> members = new ArrayList<>();
        for (int step = 0; step < 2000; step++) {
            boolean add = members.isEmpty() || random.nextInt(5) > 1;
            BitSet set = add ? random(random) : members.remove(random.nextInt(members.size()));
            if (add) {
                members.add(set);
                tally.addAll(RangeSet.of(set, expected.length));
            } else {
                tally.removeAll(RangeSet.of(set, expected.length));
            }
            set.stream().forEach(range -> expected[range] += add ? 1 : -1);
            int range = random.nextInt(expected.length);
            assertThat(tally.get(range))
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(expected[range]);
        }
        int some = 0;
        for (int range = 0; range < expected.length; range++) {
            assertThat(tally.get(range)).isEqualTo(expected[range]);
            assertThat(tally.some().has(range)).isEqualTo(expected[range] > 0);
            some += expected[range] > 0 ? 1 : 0;
        }
        assertThat(tally.some().size()).isEqualTo(some);
    }

    private static BitSet random(Random random) {
        BitSet set = new BitSet();
        int bound = 1 + random.nextInt(300);
        for (int i = random.nextInt(200); i > 0; i--) {
            set.set(random.nextInt(bound));
        }
        return set;
    }

    @Test
    void whatIsNotCountedCannotBeTaken() {
        Tally tally = new Tally();
        tally.add(70);
        tally.remove(70);
        assertThat(tally.some().isEmpty()).isTrue();
        assertThatThrownBy(() -> tally.remove(70)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tally.remove(1)).isInstanceOf(IllegalStateException.class);
    }
}
