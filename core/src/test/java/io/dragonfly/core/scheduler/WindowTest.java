// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.TreeSet;

/// Peers that keep nothing and take the content in the order of their reader.
final class WindowTest {
    private static final int WINDOW = 3;

    private static List<Command.Offer> joins(Desk desk, String name, int next) {
        desk.up(name, Placement.NOWHERE);
        return Desk.offers(
                desk.tell(
                        new Event.Joined(
                                Desk.id(name), Desk.VERSION, Desk.bits(), true, next, WINDOW)));
    }

    private static List<Command.Offer> needs(Desk desk, String name, int next) {
        return Desk.offers(desk.tell(new Event.Needs(Desk.id(name), Desk.VERSION, next)));
    }

    @Test
    void onlyRangesInTheWindowAreOfferedAndEachStepOfTheReaderBringsTheNext() {
        Desk desk = Desk.of(20, 10);
        desk.seedHas(0, 20);
        TreeSet<Integer> offered = new TreeSet<>();
        joins(desk, "a", 0).forEach(offer -> offered.add(offer.range()));
        for (int range = 0; range < 20; range++) {
            assertThat(offered).as("%d", range).contains(range);
            desk.done("a", range).forEach(offer -> offered.add(offer.range()));
            assertThat(offered.last()).isLessThan(range + WINDOW);
            needs(desk, "a", range + 1).forEach(offer -> offered.add(offer.range()));
            assertThat(offered.last()).isLessThan(range + 1 + WINDOW);
        }
        assertThat(offered).hasSize(20);
    }

    @Test
    void whatAWindowHasIsOfferedToNobody() {
        Desk desk = Desk.of(4, 1);
        joins(desk, "a", 0);
        desk.tell(new Event.Done(Desk.id("a"), Desk.VERSION, 0));
        desk.tell(new Event.Done(Desk.id("a"), Desk.VERSION, 1));
        assertThat(desk.wants("b")).isEmpty();
        desk.seedHas(0, 1);
        assertThat(desk.commands)
                .filteredOn(c -> c instanceof Command.Offer o && o.peer().equals(Desk.id("b")))
                .hasSize(1);
    }

    @Test
    void aRangeThatFailedIsOfferedAgainThoughTheReaderWaits() {
        Desk desk = Desk.of(20, 10);
        desk.seedHas(0, 20);
        desk.holder("p", 0, 1, 2);
        List<Command.Offer> offers = joins(desk, "a", 0);
        Command.Offer first = offers.getFirst();
        List<Command> next =
                desk.failed("a", first.range(), first.parent().value(), FailureReason.CLOSED);
        assertThat(Desk.offers(next)).isNotEmpty().allMatch(offer -> offer.range() < WINDOW);
    }

    @Test
    void rangesOfAnUnknownLengthComeIntoTheWindowAsTheyComeIntoBeing() {
        Desk desk = new Desk(-1, SchedulerSettings.DEFAULTS.withSlots(8, 8, 20));
        joins(desk, "a", 0);
        desk.seedHas(0, 10);
        assertThat(desk.commands)
                .filteredOn(Command.Offer.class::isInstance)
                .extracting(c -> ((Command.Offer) c).range())
                .containsExactly(0, 1, 2);
        assertThat(needs(desk, "a", 2)).extracting(Command.Offer::range).containsExactly(3, 4);
        // It never goes back.
        assertThat(needs(desk, "a", 0)).isEmpty();
    }
}
