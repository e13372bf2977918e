// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Peers that want a part.
final class WishTest {
    private static List<Command.Offer> joins(Desk desk, String name, Wish wish) {
        desk.up(name, Placement.NOWHERE);
        return Desk.offers(
                desk.tell(new Event.Joined(Desk.id(name), Desk.VERSION, Desk.bits(), wish, 0, 0)));
    }

    private static List<Command.Offer> wishes(Desk desk, String name, Wish wish) {
        return Desk.offers(desk.tell(new Event.Needs(Desk.id(name), Desk.VERSION, 0, wish)));
    }

    /// Ends what is offered until nothing more is.
    private static Set<Integer> fetched(Desk desk, String name, List<Command.Offer> offers) {
        TreeSet<Integer> fetched = new TreeSet<>();
        List<Command.Offer> left = new ArrayList<>(offers);
        while (!left.isEmpty()) {
            int range = left.removeFirst().range();
            fetched.add(range);
            left.addAll(desk.done(name, range));
        }
        return fetched;
    }

    @Test
    void onlyWhatIsWantedIsOffered() {
        Desk desk = Desk.of(20, 10);
        desk.seedHas(0, 20);
        List<Command.Offer> offers = joins(desk, "a", new Wish(Desk.bits(3, 7, 8, 15)));
        assertThat(fetched(desk, "a", offers)).containsExactly(3, 7, 8, 15);
    }

    @Test
    void aSecondReaderAddsToTheWishAndAFullReadTakesTheRest() {
        Desk desk = Desk.of(8, 10);
        desk.seedHas(0, 8);
        fetched(desk, "a", joins(desk, "a", new Wish(Desk.bits(5))));
        assertThat(fetched(desk, "a", wishes(desk, "a", new Wish(Desk.bits(5, 6)))))
                .containsExactly(6);
        assertThat(fetched(desk, "a", wishes(desk, "a", Wish.ALL)))
                .containsExactly(0, 1, 2, 3, 4, 7);
    }

    @Test
    void whoWantsNothingMoreServesWhatHeHas() {
        Desk desk = Desk.of(8, 1);
        desk.seedHas(0, 8);
        fetched(desk, "a", joins(desk, "a", new Wish(Desk.bits(5))));
        assertThat(wishes(desk, "a", Wish.NONE)).isEmpty();
        List<Command.Offer> offers = joins(desk, "b", new Wish(Desk.bits(5)));
        assertThat(offers).hasSize(1);
        assertThat(offers.getFirst().parent()).isEqualTo(Desk.id("a"));
    }

    @Test
    void whatWasOnItsWayAndFailsIsNotFetchedForNobody() {
        Desk desk = Desk.of(8, 10);
        desk.seedHas(0, 8);
        List<Command.Offer> offers = joins(desk, "a", new Wish(Desk.bits(5)));
        wishes(desk, "a", Wish.NONE);
        assertThat(
                        Desk.offers(
                                desk.tell(
                                        new Event.Failed(
                                                Desk.id("a"),
                                                Desk.VERSION,
                                                5,
                                                offers.getFirst().parent(),
                                                FailureReason.CLOSED,
                                                20))))
                .isEmpty();
    }

    @Test
    void rangesThatComeIntoBeingAreOfferedWhereTheyAreWanted() {
        Desk desk = Desk.of(-1, 10);
        List<Command.Offer> offers = joins(desk, "a", new Wish(Desk.bits(2)));
        assertThat(offers).isEmpty();
        TreeSet<Integer> offered = new TreeSet<>();
        for (int range = 0; range < 5; range++) {
            Desk.offers(desk.tell(new Event.SeedHas(Desk.VERSION, range)))
                    .forEach(offer -> offered.add(offer.range()));
        }
        assertThat(offered).containsExactly(2);
    }
}
