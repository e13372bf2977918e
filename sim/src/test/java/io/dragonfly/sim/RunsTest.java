// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Scheduler;
import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.policy.Policy;
import io.dragonfly.sim.policy.PolicyName;
import io.dragonfly.sim.report.Outcome;
import io.dragonfly.sim.scenario.Catalogue;
import io.dragonfly.sim.scenario.Fault;
import io.dragonfly.sim.scenario.HostClass;
import io.dragonfly.sim.scenario.Scenario;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

final class RunsTest {
    private static final Scenario CROWD = crowd(12);

    private static Scenario crowd(int count) {
        return Scenario.of(
                "crowd", "a crowd", 20_000_000, List.of(HostClass.of("all", count, 50, 50)), 200);
    }

    private static Outcome run(Scenario scenario, long seed) {
        return Runs.run(scenario, PolicyName.OURS, seed);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        Scenario troubled =
                CROWD.with(new Fault.Crash(1, 0.3, 1), new Fault.ConnectionsBreak(0.5, 3, 0.5));
        Outcome first = run(troubled, 7);
        assertThat(run(troubled, 7)).isEqualTo(first);
        assertThat(run(troubled, 8).hash()).isNotEqualTo(first.hash());
        assertThat(first.failed()).isEmpty();
    }

    @Test
    void everyPolicyBringsTheContentToAll() {
        for (PolicyName policy : PolicyName.values()) {
            Outcome outcome = Runs.run(CROWD, policy, 1);
            assertThat(outcome.failed()).describedAs("%s", policy).isEmpty();
            assertThat(outcome.ratio()).describedAs("%s", policy).isGreaterThan(1);
        }
    }

    @Test
    void anOfferOfWhatTheParentLacksEndsTheRun() {
        List<PeerId> joined = new ArrayList<>();
        assertThatThrownBy(() ->
                        runWith(event ->
                                event instanceof Event.Joined e ? lie(e, joined) : List.of()))
                .isInstanceOf(BrokenInvariant.class)
                .hasMessageContaining("offer of what the parent lacks");
    }

    private static List<Command> lie(Event.Joined e, List<PeerId> joined) {
        joined.add(e.peer());
        return List.of(new Command.Offer(e.peer(), e.version(), 0, 0, joined.getFirst()));
    }

    @Test
    void moreFlightsThanSlotsEndTheRun() {
        // Nothing is ever done in its eyes, so it gives out more and more.
        assertThatThrownBy(() ->
                        runWith(event ->
                                event instanceof Event.Joined e ? everythingOf(e) : List.of()))
                .isInstanceOf(BrokenInvariant.class)
                .hasMessageContaining("flights to one peer");
    }

    private static List<Command> everythingOf(Event.Joined e) {
        List<Command> offers = new ArrayList<>();
        for (int range = 0; range < 70; range++) {
            offers.add(new Command.Offer(e.peer(), e.version(), range, 4 * range, PeerId.SEED));
        }
        return offers;
    }

    @Test
    void whoIsNeverOfferedAnythingFailsAtTheDeadline() {
        Scenario brief = CROWD.with(CROWD.conditions().deadline(30));
        Outcome outcome = Runs.run(brief, "mute", (s, random) -> (event, now) -> List.of(), 1);
        assertThat(outcome.failed()).isEqualTo(Map.of("deadline", 12));
    }

    /// A run under the production scheduler, except that `first` may answer in its place.
    private static void runWith(java.util.function.Function<Event, List<Command>> first) {
        Scenario late =
                Scenario.of(
                        "late",
                        "hosts come when the seed has all",
                        80_000_000,
                        List.of(
                                HostClass.of("first", 1, 50, 50),
                                HostClass.of("late", 3, 50, 50).arriving(10, 1)),
                        200);
        Runs.run(
                late,
                "broken",
                (settings, random) -> {
                    Scheduler scheduler = new Scheduler(settings, random);
                    Policy policy =
                            (event, now) -> {
                                List<Command> own = now < 9e9 ? List.of() : first.apply(event);
                                return own.isEmpty() ? scheduler.on(event, now) : own;
                            };
                    return policy;
                },
                1);
    }

    @Test
    void namesAreNamesOfOneScenario() {
        assertThat(Catalogue.all().stream().map(Scenario::name)).doesNotHaveDuplicates();
        assertThat(Catalogue.named("flash-100")).isPresent();
        assertThat(Catalogue.quick()).hasSizeGreaterThan(20);
    }

    @Test
    void aScenarioIsScaled() {
        Scenario mixed = Catalogue.named("bed-30-mixed").orElseThrow().peers(7);
        assertThat(mixed.peers()).isEqualTo(7);
        assertThat(mixed.hosts().stream().map(HostClass::count)).containsExactly(2, 2, 3);
    }
}
