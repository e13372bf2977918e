// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProtocolVersionTest {
    private static final int MIN = ProtocolVersion.MIN;
    private static final int MAX = ProtocolVersion.MAX;

    @Test
    void the_newest_common_version_is_chosen() {
        assertThat(ProtocolVersion.choose(MIN, MAX)).hasValue(MAX);
        assertThat(ProtocolVersion.choose(MIN, MAX + 1)).hasValue(MAX);
        assertThat(ProtocolVersion.choose(MAX, MAX + 5)).hasValue(MAX);
        assertThat(ProtocolVersion.choose(1, MIN)).hasValue(MIN);
    }

    @Test
    void without_a_common_version_none_is_chosen() {
        assertThat(ProtocolVersion.choose(MAX + 1, MAX + 2)).isEmpty();
        assertThat(ProtocolVersion.choose(MIN - 1, MIN - 1)).isEmpty();
        assertThat(ProtocolVersion.choose(MAX + 1, MIN)).isEmpty();
    }

    @Test
    void the_refusal_names_both_ranges() {
        FromSupernode.Rejected newer = ProtocolVersion.incompatible(MAX + 1, MAX + 2);
        assertThat(newer.code()).isEqualTo("incompatible");
        assertThat(newer.message())
                .contains("versions " + (MAX + 1) + " to " + (MAX + 2))
                .contains("this supernode version")
                .contains("too new");
        assertThat(ProtocolVersion.incompatible(MIN - 1, MIN - 1).message()).contains("too old");
    }
}
