// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static io.dragonfly.core.scheduler.Desk.offer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

final class TopologyTest {
    private static final Placement A = new Placement("", "a", "");
    private static final Placement B = new Placement("", "b", "");

    @Test
    void aParentOfTheSameHostGroupComesFirst() {
        Desk desk = Desk.of(1, 1);
        for (int i = 0; i < 6; i++) {
            desk.holder("far" + i, new Placement("rack1", "", ""), 0);
        }
        desk.holder("near", new Placement("rack2", "", ""), 0);
        assertThat(desk.wants("a", new Placement("rack2", "", "")))
                .containsExactly(offer("a", 0, "near"));
    }

    @Test
    void aChildOfTheSameHostGroupComesFirst() {
        Desk desk = Desk.of(1, 1);
        desk.wants("far", new Placement("rack1", "", ""));
        desk.wants("near", new Placement("rack2", "", ""));
        desk.up("x", new Placement("rack2", "", ""));
        desk.slots("x", 1, 1);
        var commands =
                desk.tell(new Event.Joined(Desk.id("x"), Desk.VERSION, Desk.bits(0), false, 1));
        assertThat(Desk.offers(commands)).containsExactly(offer("near", 0, "x"));
    }

    @Test
    void betweenSecurityDomainsOnlyTheSeedServes() {
        Desk desk = Desk.of(1, 4);
        desk.holder("x", new Placement("", "", "red"), 0);
        assertThat(desk.wants("a", new Placement("", "", "blue"))).isEmpty();
        assertThat(Desk.offers(desk.tell(new Event.SeedHas(Desk.VERSION, 0))))
                .containsExactly(offer("a", 0, "seed"));
    }

    @Test
    void oneCopyOfARangeCrossesIntoAnIdcAndTheOthersWaitForIt() {
        Desk desk = Desk.of(1, 8);
        desk.seedHas(0, 1);
        assertThat(desk.wants("a1", A)).containsExactly(offer("a1", 0, "seed"));
        assertThat(desk.wants("a2", A)).isEmpty();
        assertThat(desk.wants("b1", B)).containsExactly(offer("b1", 0, "seed"));
        assertThat(desk.started("a1", 0)).containsExactly(offer("a2", 0, "a1"));
    }

    @Test
    void atMostTwoRangesAreOnTheirWayIntoAnIdc() {
        Desk desk = new Desk(20, SchedulerSettings.DEFAULTS);
        desk.seedHas(0, 20);
        for (int i = 0; i < 5; i++) {
            desk.wants("a" + i, A);
        }
        assertThat(Desk.offers(desk.commands)).hasSize(2);
        desk.now += 1_000_000_000;
        assertThat(desk.done("a0", 0)).hasSizeGreaterThanOrEqualTo(1);
        long fromSeed =
                Desk.offers(desk.commands).stream().filter(o -> o.parent().isSeed()).count();
        assertThat(fromSeed).isEqualTo(3);
    }

    @Test
    void crossingsIntoOneIdcDoNotTakeTheSlotsOfAnother() {
        Desk desk = Desk.of(20, 1);
        desk.seedHas(0, 20);
        for (String idc : List.of("a", "b", "c", "d")) {
            assertThat(desk.wants("p" + idc, new Placement("", idc, ""))).hasSize(2);
        }
        assertThat(desk.wants("q")).hasSize(1);
    }

    @Test
    void anotherIdcIsAskedWhereTheSeedHasNotTheRange() {
        Desk desk = Desk.of(1, 4);
        desk.holder("x", B, 0);
        assertThat(desk.wants("a1", A)).containsExactly(offer("a1", 0, "x"));
        assertThat(desk.wants("a2", A)).isEmpty();
    }

    @Test
    void nothingCrossesIntoTheIdcOfTheSeed() {
        Desk desk =
                new Desk(
                        20,
                        SchedulerSettings.DEFAULTS
                                .withSlots(4, 4, 16)
                                .withSeedPlacement(new Placement("", "a", "")));
        desk.seedHas(0, 20);
        for (int i = 0; i < 4; i++) {
            assertThat(desk.wants("a" + i, A)).hasSize(4);
        }
    }

    @Test
    void aLocalCopyThatIsLostMayCrossAgain() {
        Desk desk = Desk.of(1, 8);
        desk.seedHas(0, 1);
        desk.wants("a1", A);
        desk.wants("a2", A);
        assertThat(Desk.offers(desk.tell(new Event.PeerDown(Desk.id("a1")))))
                .containsExactly(offer("a2", 0, "seed"));
    }

    @Test
    void whereCrossingsAreQuickMoreAreOnTheirWay() {
        assertThat(crossingsWhereOneTakes(10_000_000)).isBetween(6, 16);
        assertThat(crossingsWhereOneTakes(1_000_000_000)).isEqualTo(2);
    }

    private static int crossingsWhereOneTakes(long nanos) {
        Desk desk = new Desk(200, SchedulerSettings.DEFAULTS);
        desk.seedHas(0, 200);
        for (int i = 0; i < 5; i++) {
            desk.wants("a" + i, A);
        }
        for (int r = 0; r < 30; r++) {
            desk.now += nanos;
            for (int i = 0; i < 5; i++) {
                desk.done("a" + i, r);
            }
        }
        return desk.peer("a0").place.crossings;
    }
}
