// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class EvictionTest {
    private static final Eviction EVICTION = new Eviction(100, 200, 16);

    private static Eviction.Candidate candidate(int id, long bytes, long used, boolean inUse) {
        return new Eviction.Candidate(Contents.id(id), bytes, used, inUse);
    }

    @Test
    void nothing_goes_while_the_low_watermark_is_free() {
        assertThat(EVICTION.choose(100, List.of(candidate(1, 50, 1, false)))).isEmpty();
    }

    @Test
    void the_least_recently_used_go_until_the_high_watermark_is_free() {
        List<Eviction.Candidate> candidates =
                List.of(
                        candidate(1, 60, 30, false),
                        candidate(2, 60, 10, false),
                        candidate(3, 60, 20, false));

        assertThat(EVICTION.choose(99, candidates)).containsExactly(Contents.id(2), Contents.id(3));
    }

    @Test
    void versions_in_use_stay_whatever_is_wanted() {
        List<Eviction.Candidate> candidates =
                List.of(candidate(1, 60, 1, true), candidate(2, 60, 2, false));

        assertThat(EVICTION.choose(0, candidates)).containsExactly(Contents.id(2));
    }

    @Test
    void versions_whose_deletion_frees_nothing_stay() {
        List<Eviction.Candidate> candidates =
                List.of(candidate(1, 0, 1, false), candidate(2, 60, 2, false));

        assertThat(EVICTION.choose(0, candidates)).containsExactly(Contents.id(2));
    }

    @Test
    void at_the_limit_of_versions_an_eighth_goes_even_where_space_is_free() {
        List<Eviction.Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            candidates.add(candidate(i, 0, 100 - i, i == 15));
        }

        assertThat(EVICTION.choose(1000, candidates))
                .containsExactly(Contents.id(14), Contents.id(13));
        assertThat(EVICTION.choose(1000, candidates.subList(0, 15))).isEmpty();
    }

    @Test
    void equal_times_are_ordered_by_id() {
        List<Eviction.Candidate> candidates =
                List.of(candidate(2, 150, 5, false), candidate(1, 150, 5, false));

        assertThat(EVICTION.choose(50, candidates)).containsExactly(Contents.id(1));
    }

    @Test
    void watermarks_in_the_wrong_order_are_refused() {
        assertThatThrownBy(() -> new Eviction(2, 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
