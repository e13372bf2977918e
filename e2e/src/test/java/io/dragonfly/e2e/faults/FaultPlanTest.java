// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

final class FaultPlanTest {
    private static FaultPlan plan(long seed) {
        return FaultPlan.draw(new SplittableRandom(seed), 6, 20, 8);
    }

    @Test
    void theSameSeedGivesTheSamePlanAndAnotherAnother() {
        assertThat(plan(7)).isEqualTo(plan(7)).isNotEqualTo(plan(8));
    }

    @Test
    void allFaultsComeUpAndNoVictimIsHitTwiceAtOnce() {
        Set<Fault> seen = EnumSet.noneOf(Fault.class);
        for (long seed = 1; seed <= 200; seed++) {
            List<FaultPlan.Event> events = plan(seed).events();
            assertThat(events).as("seed %d", seed).isNotEmpty();
            for (int i = 0; i < events.size(); i++) {
                FaultPlan.Event event = events.get(i);
                seen.add(event.fault());
                assertThat(event.peer() >= 0).isEqualTo(event.fault().isOfPeer());
                assertThat(event.peer()).isLessThan(6);
                for (FaultPlan.Event other : events.subList(0, i)) {
                    assertThat(victim(event).equals(victim(other)) && event.at() < other.end())
                            .as("seed %d: %s meets %s", seed, event, other)
                            .isFalse();
                }
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(Fault.values());
    }

    private static String victim(FaultPlan.Event event) {
        if (event.peer() >= 0) {
            return "p" + event.peer();
        }
        return event.fault() == Fault.STOP_ORIGIN ? "origin" : "supernode";
    }

    @Test
    void onlyWhoWasHitIsExcused() {
        FaultPlan plan = new FaultPlan(List.of(new FaultPlan.Event(1, 1, Fault.KILL, 2)));

        assertThat(plan.excuses(2, 17)).isTrue();
        assertThat(plan.excuses(2, 20)).isFalse();
        assertThat(plan.excuses(1, 17)).isFalse();
    }
}
