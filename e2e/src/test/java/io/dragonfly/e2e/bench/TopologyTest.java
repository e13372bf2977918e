// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import java.util.List;

final class TopologyTest {
    private static final long F = 200_000_000;
    private static final Offset<Double> NEAR = within(0.01);

    /// Seconds that a link of one Mbit/s takes for the file.
    private static final double ONE = 1600 / Topology.CONTENT_SHARE;

    private static Topology flat(List<Topology.Peer> peers) {
        return new Topology(200, 200, peers, List.of());
    }

    @Test
    void thePeersOwnLinkIsTheBoundWhereItIsTheNarrowest() {
        assertThat(flat(Links.equal(10, 50)).bound(F)).isCloseTo(ONE / 50, NEAR);
    }

    @Test
    void theSourceIsTheBoundWhereItIsTheNarrowest() {
        Topology topology = new Topology(10, 200, Links.equal(3, 50), List.of());

        assertThat(topology.bound(F)).isCloseTo(ONE / 10, NEAR);
    }

    @Test
    void allUplinksTogetherAreTheBoundWhereTheyAreTheNarrowest() {
        Topology topology = flat(Links.equal(10, 50)).withSlowUplinks(10);

        // Ten files through 200 + 10 x 5 Mbit/s.
        assertThat(topology.bound(F)).isCloseTo(10 * ONE / 250, NEAR);
    }

    @Test
    void aThinLinkIsTheBoundOfAllBehindIt() {
        Topology topology = Links.zones("3x6", 20, 50, 200, 200);

        assertThat(topology.peers()).hasSize(18);
        assertThat(topology.bound(F)).isCloseTo(ONE / 20, NEAR);
        assertThat(topology.ownBound(topology.peers().get(7), F)).isCloseTo(ONE / 20, NEAR);
    }

    @Test
    void aThinLinkIsNotTheBoundWhereThePeersAreSlower() {
        assertThat(Links.zones("3x6", 100, 50, 200, 200).bound(F)).isCloseTo(ONE / 50, NEAR);
    }

    @Test
    void eachClassHasABoundOfItsOwnAndTheSlowestIsTheBoundOfAll() {
        Topology topology = flat(Links.classes("2x10,2x20,2x50"));

        assertThat(topology.groupBounds(F))
                .hasEntrySatisfying("10mbit", b -> assertThat(b).isCloseTo(ONE / 10, NEAR))
                .hasEntrySatisfying("20mbit", b -> assertThat(b).isCloseTo(ONE / 20, NEAR))
                .hasEntrySatisfying("50mbit", b -> assertThat(b).isCloseTo(ONE / 50, NEAR));
        assertThat(topology.bound(F)).isCloseTo(ONE / 10, NEAR);
        assertThat(topology.single().peers()).containsExactly(topology.peers().getFirst());
    }

    @Test
    void classesTakeTurns() {
        assertThat(Links.classes("2x10,1x50").stream().map(Topology.Peer::group))
                .containsExactly("10mbit", "50mbit", "10mbit");
    }

    @Test
    void slowUplinksAreSpreadAndKeepTheirDownlinks() {
        Topology topology = flat(Links.equal(30, 20)).withSlowUplinks(Links.share("5%", 30));

        assertThat(topology.peers().stream().filter(p -> p.up() == 2 && p.down() == 20)).hasSize(2);
        assertThat(topology.bound(F)).isCloseTo(ONE / 20, NEAR);
    }

    @Test
    void aShareIsAtLeastOne() {
        assertThat(Links.share("5%", 10)).isEqualTo(1);
        assertThat(Links.share("0%", 10)).isZero();
        assertThat(Links.share("3", 10)).isEqualTo(3);
    }

    @Test
    void sizesAreDecimal() {
        assertThat(Links.size("200M")).isEqualTo(F);
        assertThat(Links.size("5G")).isEqualTo(5_000_000_000L);
        assertThat(Links.size("17")).isEqualTo(17);
    }

    @Test
    void whatIsNoTopologyIsRefusedByALineThatSaysWhatIsExpected() {
        assertThatThrownBy(() -> Links.classes("10x10,fast"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--classes: not COUNTxMBIT, such as 10x50: 'fast'");
        assertThatThrownBy(() -> Links.zones("3", 20, 50, 200, 200))
                .hasMessage("--idcs: not NETWORKSxPEERS, such as 3x6: '3'");
        assertThatThrownBy(() -> Links.share("some", 3))
                .hasMessage("--slow-uplinks: not a number or a share, such as 5%: 'some'");
        assertThatThrownBy(() -> Links.size("200MB"))
                .hasMessage("--size: not bytes, such as 200M: '200MB'");
        assertThatThrownBy(() -> Links.equal(191, 50))
                .hasMessage("from 1 to 190 peers are possible here: 191");
        assertThatThrownBy(() -> flat(Links.equal(2, 50)).withSlowUplinks(3))
                .hasMessage("3 slow uplinks among 2 peers");
    }
}
