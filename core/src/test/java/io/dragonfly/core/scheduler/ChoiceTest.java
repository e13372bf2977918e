// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static io.dragonfly.core.scheduler.Desk.offer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.Test;

import java.util.BitSet;

final class ChoiceTest {
    @Test
    void theFirstPeerGetsTheFirstRangesFromTheSeed() {
        Desk desk = Desk.of(8, 8);
        desk.seedHas(0, 8);
        assertThat(desk.wants("a")).containsExactly(offer("a", 0, "seed"), offer("a", 1, "seed"));
    }

    @Test
    void theSeedServesAsManyRangesToOnePeerAsThePeerHasSlots() {
        Desk desk = Desk.of(8, 8);
        desk.seedHas(0, 8);
        desk.wants("a");
        assertThat(desk.done("a", 0)).containsExactly(offer("a", 2, "seed"));
        desk.slots("a", 4, 2);
        assertThat(desk.peer("a").usedDownload).isEqualTo(4);
    }

    @Test
    void aRangeThatIsEndingTakesNoSlotsAnyMore() {
        Desk desk = Desk.of(8, 8);
        desk.seedHas(0, 8);
        desk.wants("a");
        desk.started("a", 0);
        assertThat(desk.ending("a", 0)).containsExactly(offer("a", 2, "seed"));
        assertThat(desk.ending("a", 0)).isEmpty();
        assertThat(desk.peer("a").usedDownload).isEqualTo(2);
        assertThat(desk.done("a", 0)).isEmpty();
        assertThat(desk.done("a", 1)).containsExactly(offer("a", 3, "seed"));
    }

    @Test
    void whoeverSaysThatAllIsEndingGetsNoMoreThanTwiceHisSlots() {
        Desk desk = Desk.of(8, 8);
        desk.seedHas(0, 8);
        desk.wants("a");
        for (int range = 0; range < 8; range++) {
            desk.started("a", range);
            desk.ending("a", range);
        }
        assertThat(desk.peer("a").usedDownload).isEqualTo(2);
        assertThat(desk.peer("a").ending).isEqualTo(2);
    }

    @Test
    void theParentOfARangeThatIsEndingServesTheNext() {
        Desk desk = Desk.of(8, 1);
        desk.holder("x", 0, 1);
        desk.slots("x", 1, 1);
        desk.wants("a");
        desk.started("a", 0);
        assertThat(desk.ending("a", 0)).containsExactly(offer("a", 1, "x"));
    }

    @Test
    void thePeersSpreadOverRangesThatNobodyFetches() {
        Desk desk = Desk.of(8, 8);
        desk.seedHas(0, 8);
        desk.wants("a");
        assertThat(desk.wants("b")).containsExactly(offer("b", 2, "seed"), offer("b", 3, "seed"));
    }

    @Test
    void aRangeIsOfferedFromAPeerAfterItsFirstBlockAndNotBefore() {
        Desk desk = Desk.of(1, 1);
        desk.seedHas(0, 1);
        desk.wants("a");
        assertThat(desk.wants("b")).isEmpty();
        assertThat(desk.started("a", 0)).containsExactly(offer("b", 0, "a"));
    }

    @Test
    void theRangeWithTheFewestCopiesComesFirst() {
        Desk desk = Desk.of(20, 1);
        desk.holder("x", 13, 14, 15);
        desk.holder("y", 13, 15);
        desk.holder("z", 13);
        desk.slots("y", 1, 0);
        desk.slots("z", 1, 0);
        assertThat(desk.wants("a")).element(0).isEqualTo(offer("a", 14, "x"));
    }

    @Test
    void amongEqualsTheRangeNearestToTheReaderComesFirst() {
        Desk desk = Desk.of(20, 1);
        desk.up("x", Placement.NOWHERE);
        desk.tell(new Event.Joined(Desk.id("x"), Desk.VERSION, all(20), false, 0));
        desk.up("a", Placement.NOWHERE);
        var commands =
                desk.tell(new Event.Joined(Desk.id("a"), Desk.VERSION, Desk.bits(), true, 9));
        assertThat(Desk.offers(commands)).containsExactly(offer("a", 9, "x"), offer("a", 10, "x"));
    }

    @Test
    void aReaderGetsItsNextRangeBeforeARarerOne() {
        Desk desk = Desk.of(20, 1);
        desk.holder("x", 0, 10);
        desk.holder("y", 0);
        desk.slots("y", 1, 0);
        assertThat(desk.wants("a")).containsExactly(offer("a", 0, "x"), offer("a", 10, "x"));
    }

    @Test
    void theLeastLoadedParentComesFirst() {
        Desk desk = Desk.of(4, 1);
        desk.holder("x", 0, 1);
        desk.wants("a", 1, 2, 3);
        desk.holder("y", 0, 1);
        assertThat(desk.wants("b", 0, 2, 3)).containsExactly(offer("b", 1, "y"));
    }

    @Test
    void aCompleteParentIsPreferredToOneThatStillFetches() {
        Desk desk = Desk.of(1, 1);
        desk.seedHas(0, 1);
        desk.wants("a");
        desk.started("a", 0);
        desk.holder("b", 0);
        assertThat(desk.wants("c")).containsExactly(offer("c", 0, "b"));
    }

    @Test
    void aFreedUploadSlotGoesToTheNeediestWhoWaits() {
        Desk desk = Desk.of(6, 1);
        desk.holder("x", 0, 1, 2, 3, 4, 5);
        desk.slots("x", 1, 1);
        desk.wants("a", 1, 2, 3, 4);
        desk.slots("a", 1, 0);
        desk.wants("b", 1, 2, 3);
        desk.slots("b", 1, 0);
        desk.wants("c");
        assertThat(desk.done("a", 0)).hasSize(1).first().extracting("peer").hasToString("c");
    }

    @Test
    void whoWaitedComesBeforeWhoWasJustServed() {
        Desk desk = Desk.of(6, 1);
        desk.holder("x", 0, 1, 2, 3, 4, 5);
        desk.slots("x", 1, 1);
        desk.wants("a");
        desk.slots("a", 1, 0);
        desk.wants("b");
        assertThat(desk.done("a", 0)).hasSize(1).first().extracting("peer").hasToString("b");
    }

    @Test
    void noPeerFetchesARangeFromWhoGetsItFromIt() {
        Desk desk = Desk.of(1, 1);
        desk.seedHas(0, 1);
        desk.wants("a");
        desk.started("a", 0);
        desk.wants("b");
        desk.started("b", 0);
        var commands = desk.failed("a", 0, "seed", FailureReason.STALLED);
        assertThat(Desk.offers(commands)).isEmpty();
        assertThat(Desk.offers(desk.after(1))).containsExactly(offer("a", 0, "seed"));
    }

    @Test
    void theSeedRepeatsWhatPeersHaveOnlyWhileItsBudgetLasts() {
        Desk desk = Desk.of(10, 100);
        desk.seedHas(0, 10);
        desk.holder("x", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        desk.slots("x", 1, 0);
        for (int i = 0; i < 5; i++) {
            desk.wants("p" + i);
        }
        long fromSeed =
                Desk.offers(desk.commands).stream().filter(o -> o.parent().isSeed()).count();
        assertThat(fromSeed).isLessThanOrEqualTo(5);
        assertThat(fromSeed).isPositive();
    }

    @Test
    void theSeedSendsALostLastCopyAgainWhateverItsBudget() {
        SchedulerSettings once =
                new SchedulerSettings(
                        2, 2, 16, 4, 4, 1, 2, 16, 4, 32, Placement.NOWHERE, 100, 100, 100);
        Desk desk = new Desk(1, once);
        desk.seedHas(0, 1);
        desk.wants("a");
        desk.done("a", 0);
        desk.slots("a", 1, 0);
        assertThat(desk.wants("b")).isEmpty();
        assertThat(Desk.offers(desk.tell(new Event.PeerDown(Desk.id("a")))))
                .containsExactly(offer("b", 0, "seed"));
    }

    @Test
    void peersThatDoNotServeLeaveTheSeedAsTheParentOfAll() {
        Desk desk = Desk.of(2, 8);
        desk.seedHas(0, 2);
        for (String name : new String[] {"a", "b", "c"}) {
            desk.tell(new Event.PeerUp(Desk.id(name), name, name, Placement.NOWHERE, false));
            var commands =
                    desk.tell(new Event.Joined(Desk.id(name), Desk.VERSION, Desk.bits(), true, 0));
            assertThat(Desk.offers(commands))
                    .containsExactly(offer(name, 0, "seed"), offer(name, 1, "seed"));
        }
    }

    @Test
    void whenAParentIsGoneItsChildrenGetAnotherAtOnce() {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        desk.wants("a");
        desk.holder("y", 0);
        assertThat(Desk.offers(desk.tell(new Event.PeerDown(Desk.id("x")))))
                .containsExactly(offer("a", 0, "y"));
    }

    @Test
    void joiningAgainReplacesWhatWasKnown() {
        Desk desk = Desk.of(4, 1);
        desk.holder("x", 0, 1, 2, 3);
        desk.wants("a");
        var commands =
                desk.tell(new Event.Joined(Desk.id("a"), Desk.VERSION, Desk.bits(0, 1), true, 2));
        assertThat(Desk.offers(commands)).containsExactly(offer("a", 2, "x"), offer("a", 3, "x"));
        assertThat(desk.peer("x").usedUpload).isEqualTo(2);
    }

    @Test
    void rangesOfUnknownLengthComeIntoBeingAsTheSeedHasThem() {
        Desk desk = new Desk(-1, SchedulerSettings.DEFAULTS);
        assertThat(desk.wants("a")).isEmpty();
        assertThat(Desk.offers(desk.tell(new Event.SeedHas(Desk.VERSION, 0))))
                .containsExactly(offer("a", 0, "seed"));
        desk.tell(new Event.LengthKnown(Desk.VERSION, 3 * 4 * 1024));
        assertThat(desk.done("a", 0)).isEmpty();
        assertThat(Desk.offers(desk.tell(new Event.SeedHas(Desk.VERSION, 2))))
                .containsExactly(offer("a", 2, "seed"));
    }

    @Test
    void aPeersSlotsAreSharedByItsVersionsAndEachHasOneAtLeast() {
        Desk desk = Desk.of(4, 100);
        var other = Sketch.version(2);
        desk.tell(new Event.SwarmOpened(other, Sketch.geometry(4)));
        desk.seedHas(0, 4);
        desk.wants("a");
        desk.tell(new Event.SeedHas(other, 0));
        desk.tell(new Event.SeedHas(other, 1));

        // Both slots are taken by the first version, which may be slow.
        var commands = desk.tell(new Event.Joined(Desk.id("a"), other, Desk.bits(), true, 0));
        assertThat(Desk.offers(commands)).hasSize(1).first().extracting("version").isEqualTo(other);
        // The slot that becomes free only makes up for the one too many.
        assertThat(Desk.offers(desk.tell(new Event.Done(Desk.id("a"), Desk.VERSION, 0)))).isEmpty();
        commands = desk.tell(new Event.Done(Desk.id("a"), Desk.VERSION, 1));
        assertThat(Desk.offers(commands)).hasSize(1);
    }

    static BitSet all(int ranges) {
        BitSet bits = new BitSet();
        bits.set(0, ranges);
        return bits;
    }
}
