// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SoakTest {
    @Test
    void hostsGiveUpAFileLongBeforeTheirStoresAreFull() {
        // 8 files are in a store after 80 s.
        assertThat(Soak.storeOptions(new Soak.Pace(20_000_000, 10, 20)))
                .containsExactly("--disk-cap", "160000000", "--expiretime", "20s");
    }

    @Test
    void aFastPaceStillGivesATimeThatTheProductTakes() {
        assertThat(Soak.storeOptions(new Soak.Pace(1, 0.1, 20))).contains("1s");
    }
}
