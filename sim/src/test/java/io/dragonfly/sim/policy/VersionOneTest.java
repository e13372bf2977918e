// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

final class VersionOneTest {
    private static Table table(int pieces) {
        return new Table(new VersionOne(new SplittableRandom(5)), pieces);
    }

    /// Everything at the seed.
    private static Table full(int pieces) {
        Table table = table(pieces);
        table.seedHas(0, pieces);
        return table;
    }

    @Test
    void aRangeIsAWholePieceAndCountsWhenItIsComplete() {
        Policy policy = new VersionOne(new SplittableRandom(5));

        assertThat(policy.cutThrough()).isFalse();
        Geometry small = policy.geometry(100_000_000);
        assertThat(small.rangesPerPiece()).isEqualTo(1);
        assertThat(small.pieceSize()).isEqualTo(4 * Geometry.MIB);
        assertThat(policy.geometry(1000L * Geometry.MIB).pieceSize()).isEqualTo(12 * Geometry.MIB);
        assertThat(policy.geometry(Geometry.UNKNOWN).pieceSize()).isEqualTo(4 * Geometry.MIB);
    }

    @Test
    void aStartedPieceIsNobodysToGive() {
        Table table = full(1);
        table.wants("a");
        table.started("a", 0);

        assertThat(Table.parents(table.wants("b"))).containsExactly("seed");
    }

    @Test
    void aClientGetsFourPieces() {
        assertThat(full(9).wants("a")).hasSize(4);
    }

    @Test
    void theSupernodeGivesFourPiecesOfATaskInAll() {
        Table table = full(9);
        List<Command.Offer> first = table.wants("a");

        assertThat(table.wants("b")).isEmpty();

        table.done(first.get(0));
        assertThat(Table.parents(table.pass(100))).containsOnly("seed", "a");
    }

    @Test
    void aPeerGivesFivePiecesOfATask() {
        Table table = full(6);
        table.holds("a", 0, 1, 2, 3, 4, 5);
        List<Command.Offer> offers = new ArrayList<>(table.wants("b"));
        offers.addAll(table.wants("c"));

        assertThat(Table.parents(offers).stream().filter("a"::equals)).hasSize(5);
        assertThat(Table.parents(offers).stream().filter("seed"::equals)).hasSize(3);
    }

    @Test
    void theRarestComesFirst() {
        Table table = full(6);
        table.holds("x", 0, 1, 4);
        table.holds("y", 1, 3, 4);

        // 2 and 5 nobody has but the supernode, 0 and 3 one peer, 1 and 4 two.
        assertThat(Table.ranges(table.wants("a"))).containsExactly(2, 5, 0, 3);
    }

    @Test
    void amongEquallyRareTheNearestToWhatRunsComesFirst() {
        Table table = table(40);
        table.seedHas(20, 21);
        table.wants("a");
        table.seedHas(0, 40);

        // Sleeps no more than 100 ms at first; 20 runs since it joined.
        List<Integer> pieces = Table.ranges(table.pass(3000));

        assertThat(pieces).contains(19, 21).hasSize(3);
        assertThat(pieces.get(2)).isIn(18, 22);
    }

    @Test
    void itAsksAgainWhenTwoAreLeft() {
        Table table = full(9);
        table.holds("h", 0, 1, 2, 3, 4, 5, 6, 7, 8);
        List<Command.Offer> four = table.wants("a");

        assertThat(table.done(four.get(0))).isEmpty();
        assertThat(table.done(four.get(1))).hasSize(2);
    }

    @Test
    void itAsksAgainAfterTwoSecondsWithoutAnything() {
        Table table = full(9);
        List<Command.Offer> four = table.wants("a");
        table.pass(1500);
        assertThat(table.done(four.get(0))).isEmpty();

        assertThat(table.pass(1999)).isEmpty();
        assertThat(table.pass(1)).hasSize(1);
    }

    @Test
    void withoutAnythingToGetItSleepsEachTimeTwiceAsLong() {
        Table table = table(3);
        table.wants("a");
        // 50-100, 100-200, 200-400, 400-800, 800-1600 and that again.
        table.pass(3100 + 1600);
        assertThat(table.pass(10_000)).isEmpty();
        table.seedHas(0, 1);

        int waited = 0;
        while (table.pass(1).isEmpty()) {
            waited++;
        }
        assertThat(waited).isBetween(1, 1600);
        table.done("a", 0);
        table.pass(1);
        table.seedHas(1, 2);

        // It does not forget how long it slept.
        assertThat(table.pass(600)).isEmpty();
        assertThat(table.pass(1100)).hasSize(1);
    }

    @Test
    void theFirstSleepIsShort() {
        Table table = table(1);
        table.wants("a");
        table.seedHas(0, 1);

        assertThat(table.pass(49)).isEmpty();
        assertThat(table.pass(51)).hasSize(1);
    }

    @Test
    void itsOwnCompletePieceWakesIt() {
        Table table = table(3);
        table.seedHas(0, 2);
        List<Command.Offer> two = table.wants("a");
        table.done(two.get(0));
        // Nothing more to get: it sleeps, the longer the later.
        table.pass(5000);
        table.seedHas(2, 3);

        assertThat(Table.ranges(table.done(two.get(1)))).containsExactly(2);
    }

    @Test
    void aFailureExcludesTheParentForGoodAndAsksAgainAfter20Milliseconds() {
        Table table = full(1);
        table.holds("x", 0);
        Command.Offer offer = table.wants("a").getFirst();
        assertThat(offer.parent()).isEqualTo(new PeerId("x"));

        assertThat(table.failed(offer)).isEmpty();
        assertThat(table.pass(19)).isEmpty();
        Command.Offer second = table.pass(1).getFirst();
        assertThat(second.parent()).isEqualTo(PeerId.SEED);

        table.failed(second);
        table.pass(60_000);
        assertThat(Table.parents(table.wants("b"))).containsExactly("x");
    }

    @Test
    void afterMoreThanFiveFailuresItTakesFromTheSupernodeAlone() {
        Table table = full(12);
        for (int i = 0; i < 7; i++) {
            table.holds("x" + i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        }
        List<Command.Offer> running = table.wants("a");
        for (int i = 0; i < 6; i++) {
            Command.Offer failing =
                    running.stream().filter(o -> !o.parent().isSeed()).findFirst().orElseThrow();
            table.failed(failing);
            running = new ArrayList<>(running);
            running.remove(failing);
            running.addAll(table.pass(20));
        }

        assertThat(running.getLast().parent()).isEqualTo(PeerId.SEED);
        // A piece that comes sets it free again.
        table.done(running.removeLast());
        running.addAll(table.done(running.removeFirst()));
        assertThat(running.getLast().parent()).isNotEqualTo(PeerId.SEED);
    }

    @Test
    void aFailedPieceOfTheSupernodeKeepsItsSlotForThirtySeconds() {
        Table table = full(9);
        List<Command.Offer> four = table.wants("a");
        for (Command.Offer offer : four) {
            table.failed(offer);
        }

        assertThat(table.pass(29_000)).isEmpty();
        assertThat(table.pass(5000)).hasSize(4);
    }

    @Test
    void whoLeavesGivesNothingMoreAndWhoIsGoneWithoutAWordStaysAProvider() {
        Table table = full(1);
        table.holds("x", 0);
        table.left("x");
        assertThat(Table.parents(table.wants("a"))).containsExactly("seed");

        table.holds("y", 0);
        table.tell(new Event.PeerDown(new PeerId("y")));
        assertThat(Table.parents(table.wants("b"))).containsExactly("y");
    }

    @Test
    void whoIsGoneAsksNoMore() {
        Table table = full(9);
        table.wants("a");
        table.tell(new Event.PeerDown(new PeerId("a")));
        table.done("a", 0);

        assertThat(table.pass(60_000)).isEmpty();
    }

    @Test
    void whoIsCompleteAsksNoMoreAndGives() {
        Table table = full(1);
        table.done(table.wants("a").getFirst());

        assertThat(table.pass(60_000)).isEmpty();
        assertThat(Table.parents(table.wants("b"))).containsExactly("a");
    }

    @Test
    void nobodyIsGivenAnythingOfAContentThatHasEnded() {
        Table table = full(9);
        table.wants("a");
        table.wants("b");
        table.tell(new Event.SwarmClosed(Table.VERSION));

        assertThat(table.pass(60_000)).isEmpty();
    }
}
