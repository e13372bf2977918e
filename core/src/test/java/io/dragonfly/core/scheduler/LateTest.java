// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static io.dragonfly.core.scheduler.Desk.offer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LateTest {
    @Test
    void aSlowRangeMovesToAnotherCompleteParentFromTheGivenBlockOn() {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        desk.wants("a");
        desk.holder("y", 0);
        assertThat(desk.slow("a", 0, "x", 2))
                .containsExactly(new Command.Offer(Desk.id("a"), Desk.VERSION, 0, 2, Desk.id("y")));
        assertThat(desk.peer("x").usedUpload).isZero();
        assertThat(desk.peer("y").usedUpload).isEqualTo(1);
    }

    @Test
    void aSlowRangeStaysWhereNoOtherParentHasItComplete() {
        Desk desk = Desk.of(1, 1);
        desk.seedHas(0, 1);
        desk.holder("x", 0);
        desk.slots("x", 1, 1);
        desk.wants("a");
        desk.wants("b");
        desk.started("b", 0);
        assertThat(desk.slow("a", 0, "x", 2)).isEmpty();
    }

    @Test
    void twoSlowComplaintsHalveTheSlotsOfACompleteParentForAWhile() {
        Desk desk = Desk.of(6, 1);
        desk.holder("x", 0, 1, 2, 3, 4, 5);
        desk.wants("a");
        desk.slow("a", 0, "x", 2);
        assertThat(desk.peer("x").uploadLimit()).isEqualTo(2);
        desk.slow("a", 1, "x", 5);
        assertThat(desk.peer("x").uploadLimit()).isEqualTo(1);
        desk.slow("a", 0, "x", 2);
        desk.slow("a", 1, "x", 5);
        assertThat(desk.peer("x").uploadLimit()).isEqualTo(1);
        desk.after(10);
        assertThat(desk.peer("x").uploadLimit()).isEqualTo(2);
    }

    @Test
    void aParentThatStillFetchesTheRangeItselfIsNotCalledSlow() {
        Desk desk = Desk.of(1, 1);
        desk.seedHas(0, 1);
        desk.wants("a");
        desk.started("a", 0);
        desk.wants("b");
        for (int i = 0; i < 4; i++) {
            desk.slow("b", 0, "a", 2);
        }
        assertThat(desk.peer("a").uploadLimit()).isEqualTo(2);
    }

    @Test
    void aComplaintAboutAFormerParentMovesNothing() {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        desk.wants("a");
        desk.holder("y", 0);
        desk.slow("a", 0, "x", 2);
        assertThat(desk.slow("a", 0, "x", 2)).isEmpty();
    }

    @Test
    void atTheEndTheLatestRangeMovesToAParentWithLessToDo() {
        Desk desk = Desk.of(2, 1);
        desk.holder("x", 0, 1);
        desk.wants("a");
        desk.wants("b", 0);
        desk.now += 1_000_000_000;
        desk.done("a", 0);
        assertThat(desk.peer("x").usedUpload).isEqualTo(2);
        desk.holder("y", 0, 1);
        assertThat(Desk.offers(desk.after(1))).containsExactly(offer("a", 1, "y"));
    }

    @Test
    void atTheEndTheSeedHelpsWhereOneSlowParentAloneHasTheRange() {
        SchedulerSettings once =
                new SchedulerSettings(
                        2, 2, 16, 4, 4, 1, 2, 16, 4, 32, Placement.NOWHERE, 100, 100, 100);
        Desk desk = new Desk(2, once);
        desk.seedHas(0, 2);
        desk.holder("x", 0, 1);
        desk.wants("a");
        desk.now += 100_000_000;
        desk.done("a", 0);
        assertThat(Desk.offers(desk.after(1))).containsExactly(offer("a", 1, "seed"));
    }

    @Test
    void whereRangesAreQuickThereAreMoreSlots() {
        assertThat(slotsWhereARangeTakes(20_000_000)).isBetween(4, 8);
        assertThat(slotsWhereARangeTakes(1_000_000_000)).isEqualTo(2);
    }

    private static int slotsWhereARangeTakes(long nanos) {
        Desk desk = Desk.of(40, 20);
        desk.seedHas(0, 40);
        desk.wants("a");
        for (int i = 0; i < 20; i++) {
            desk.now += nanos;
            desk.done("a", desk.peer("a").members.getFirst().flights.getFirst().range);
        }
        return desk.peer("a").usedDownload;
    }
}
