// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PlanTest {
    @Test
    void optionsAreReadAndWrongOnesNamed() {
        assertThat(Plan.of("--peers", "7", "--url", "http://x/y").peers()).isEqualTo(7);
        assertThatThrownBy(() -> Plan.of("--peers", "many")).hasMessageContaining("--peers");
        assertThatThrownBy(() -> Plan.of("--pears", "7")).hasMessageContaining("pears");
        assertThatThrownBy(() -> Plan.of("--peers")).hasMessageContaining("--name value");
    }

    @Test
    void percentilesAreThoseOfTheSortedTimes() {
        Latencies latencies = new Latencies();
        for (int i = 100; i >= 1; i--) {
            latencies.add(i * 1_000_000L);
        }
        assertThat(latencies.millis(0.5)).isEqualTo(50);
        assertThat(latencies.millis(0.99)).isEqualTo(99);
        assertThat(latencies.millis(1)).isEqualTo(100);
        assertThat(new Latencies().millis(0.5)).isZero();
    }

    @Test
    void everyPeerHasAnAddressOfItsOwn() {
        assertThat(Swarm.address(0)).isEqualTo("127.77.0.1");
        assertThat(Swarm.address(249)).isEqualTo("127.77.0.250");
        assertThat(Swarm.address(250)).isEqualTo("127.77.1.1");
    }
}
