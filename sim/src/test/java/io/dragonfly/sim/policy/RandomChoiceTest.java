// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Placement;
import io.dragonfly.core.scheduler.SchedulerSettings;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

final class RandomChoiceTest {
    private static Table table(int ranges, int slots, int seedSlots) {
        return new Table(
                new RandomChoice(
                        SchedulerSettings.DEFAULTS.withSlots(slots, slots, seedSlots),
                        new SplittableRandom(5)),
                ranges);
    }

    @Test
    void rangesAndCutThroughAreThoseOfTheProductionScheduler() {
        Policy policy = table(1, 1, 1).policy;

        assertThat(policy.cutThrough()).isTrue();
        assertThat(policy.geometry(100_000_000)).isEqualTo(Geometry.of(100_000_000));
    }

    @Test
    void slotsOfBothSidesAreKept() {
        Table table = table(9, 2, 3);
        table.seedHas(0, 9);

        assertThat(table.wants("a")).hasSize(2);
        assertThat(table.wants("b")).hasSize(1);
        assertThat(table.wants("c")).isEmpty();
    }

    @Test
    void aFreedSlotServesWhoWaits() {
        Table table = table(1, 1, 1);
        table.seedHas(0, 1);
        Command.Offer first = table.wants("a").getFirst();
        assertThat(table.wants("b")).isEmpty();

        // Both the seed and the one that just got it can give; one of them does, once.
        assertThat(table.done(first)).hasSize(1);
    }

    @Test
    void whatAHostBeganItGives() {
        Table table = table(1, 1, 1);
        table.seedHas(0, 1);
        table.wants("a");
        assertThat(table.wants("b")).isEmpty();

        assertThat(Table.parents(table.started("a", 0))).containsExactly("a");
    }

    @Test
    void newRangesAtTheSeedServeWhoWaits() {
        Table table = table(2, 1, 1);
        table.wants("a");

        assertThat(table.tell(new Event.SeedHas(Table.VERSION, 1))).hasSize(1);
    }

    @Test
    void everyHolderIsChosenNowAndThen() {
        Table table = table(1, 1, 1);
        table.seedHas(0, 1);
        table.holds("x", 0);
        table.holds("y", 0);
        Set<String> parents = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            Command.Offer offer = table.wants("a").getFirst();
            parents.add(offer.parent().value());
            table.left("a");
        }

        assertThat(parents).containsExactlyInAnyOrder("seed", "x", "y");
    }

    @Test
    void everyRangeIsChosenNowAndThen() {
        Table table = table(5, 1, 1);
        table.seedHas(0, 5);
        Set<Integer> ranges = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            ranges.add(table.wants("a").getFirst().range());
            table.left("a");
        }

        assertThat(ranges).hasSize(5);
    }

    @Test
    void aParentThatFailedIsLeftOutForFiveSeconds() {
        Table table = table(1, 1, 1);
        table.holds("x", 0);
        Command.Offer offer = table.wants("a").getFirst();

        assertThat(table.failed(offer)).isEmpty();
        assertThat(table.pass(4900)).isEmpty();
        assertThat(Table.parents(table.pass(1200))).containsExactly("x");
    }

    @Test
    void whoHasAPartTakesTheRestFromThoseWhoHaveItAll() {
        Table table = table(1, 1, 1);
        table.seedHas(0, 1);
        Command.Offer offer = table.wants("a").getFirst();
        table.started("a", 0);
        table.wants("b");
        table.started("b", 0);

        // The seed is left out for half a second; b, which has it from a, must not give it back.
        assertThat(table.failed(offer)).isEmpty();
        assertThat(Table.parents(table.pass(2000))).containsExactly("seed");
    }

    @Test
    void whoIsGoneFreesWhatItTookAndGivesNothing() {
        Table table = table(1, 1, 1);
        table.seedHas(0, 1);
        table.wants("a");
        table.started("a", 0);
        assertThat(table.wants("b", 0)).isEmpty();
        table.left("b");
        table.wants("c");

        List<Command.Offer> offers = table.tell(new Event.PeerDown(new PeerId("a")));

        // The seed's slot is free again; from a comes nothing that was not on its way before.
        assertThat(offers).isEmpty();
        assertThat(Table.parents(table.wants("d"))).containsExactly("seed");
    }

    @Test
    void whoNobodyCanReachGivesNothing() {
        Table table = table(1, 1, 1);
        table.tell(new Event.PeerUp(new PeerId("x"), "x", "", Placement.NOWHERE, false));
        table.join("x", false, 0);
        assertThat(table.wants("a")).isEmpty();

        assertThat(table.tell(new Event.Reachable(new PeerId("x"), true))).hasSize(1);
    }

    @Test
    void slotsFollowWhatPeersSay() {
        Table table = table(9, 1, 9);
        table.seedHas(0, 9);
        table.wants("a");

        List<Command.Offer> more = table.tell(new Event.SlotsChanged(new PeerId("a"), 4, 4));

        assertThat(more).hasSize(3);
    }
}
