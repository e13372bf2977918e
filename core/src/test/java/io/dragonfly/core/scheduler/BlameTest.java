// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static io.dragonfly.core.scheduler.Desk.offer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

final class BlameTest {
    @ParameterizedTest
    @EnumSource(names = {"UNREACHABLE", "CLOSED", "STALLED", "BUSY", "CORRUPT"})
    void aFailedParentIsNotOfferedAgainToThatPeerForAWhile(FailureReason reason) {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        desk.wants("a");
        assertThat(Desk.offers(desk.failed("a", 0, "x", reason))).isEmpty();
        assertThat(desk.wants("b")).containsExactly(offer("b", 0, "x"));
        assertThat(Desk.offers(desk.after(700))).containsExactly(offer("a", 0, "x"));
    }

    @Test
    void theTimeGrowsWithEveryFailure() {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        desk.wants("a");
        desk.failed("a", 0, "x", FailureReason.CLOSED);
        assertThat(Desk.offers(desk.after(5))).isNotEmpty();
        desk.failed("a", 0, "x", FailureReason.CLOSED);
        assertThat(Desk.offers(desk.after(5))).isEmpty();
        assertThat(Desk.offers(desk.after(5))).isNotEmpty();
    }

    @Test
    void aPeerThatCannotUseAnyHolderIsServedByTheSeedAtOnce() {
        SchedulerSettings once =
                new SchedulerSettings(
                        2, 2, 16, 4, 4, 1, 2, 16, 4, 32, Placement.NOWHERE, 100, 100, 100);
        Desk desk = new Desk(1, once);
        desk.seedHas(0, 1);
        desk.holder("x", 0);
        assertThat(desk.wants("a")).containsExactly(offer("a", 0, "x"));
        assertThat(Desk.offers(desk.failed("a", 0, "x", FailureReason.UNREACHABLE)))
                .containsExactly(offer("a", 0, "seed"));
    }

    @Test
    void wakeUpsAreAskedForUntilABlacklistingHasExpired() {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        desk.wants("a");
        long before = desk.now;
        long first = lastWake(desk.failed("a", 0, "x", FailureReason.CLOSED));
        desk.commands.clear();
        int wakes = 0;
        for (long wake = first; wake > 0; wakes++) {
            desk.now = wake;
            wake = lastWake(desk.tell(new Event.Tick()));
        }
        assertThat(Desk.offers(desk.commands)).containsExactly(offer("a", 0, "x"));
        assertThat(desk.now - before).isBetween(5_000_000_000L, 5_250_000_000L);
        assertThat(wakes).isLessThan(30);
    }

    @Test
    void aWakeUpThatComesAfterAnotherEventOfItsTimeIsFollowedByTheNext() {
        Desk desk = Desk.of(2, 1);
        desk.holder("x", 0);
        desk.wants("a");
        long wake = lastWake(desk.failed("a", 0, "x", FailureReason.CLOSED));
        // The event asks for the next wake-up; its owner, late, still has the first to deliver.
        desk.now = wake + 1;
        desk.tell(new Event.SeedHas(Desk.VERSION, 1));

        assertThat(lastWake(desk.tell(new Event.Tick()))).isGreaterThan(desk.now);
    }

    private static long lastWake(List<Command> commands) {
        long wake = 0;
        for (Command command : commands) {
            wake = command instanceof Command.WakeAt at ? at.nanos() : wake;
        }
        return wake;
    }

    @Test
    void pastThreeComplainersAParentIsOfferedToNobodyForAWhile() {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        for (String name : List.of("a", "b", "c")) {
            desk.wants(name);
            desk.failed(name, 0, "x", FailureReason.STALLED);
        }
        assertThat(desk.blacklisted("x")).isTrue();
        assertThat(desk.wants("d")).isEmpty();
        assertThat(Desk.offers(desk.after(10))).isNotEmpty();
        assertThat(desk.isolated("x")).isFalse();
    }

    @Test
    void aPeerThatFailsWithManyParentsIsServedByTheSeedAloneAndServesNobody() {
        Desk desk = Desk.of(2, 4);
        for (int i = 0; i < 5; i++) {
            desk.holder("x" + i, 0);
        }
        desk.wants("a");
        for (int i = 0; i < 5; i++) {
            String parent = Desk.offers(desk.commands).getLast().parent().value();
            desk.failed("a", 0, parent, FailureReason.CLOSED);
        }
        assertThat(desk.isolated("a")).isTrue();
        desk.holder("y", 0, 1);
        assertThat(desk.peer("a").usedDownload).isZero();
        assertThat(Desk.offers(desk.tell(new Event.SeedHas(Desk.VERSION, 0))))
                .containsExactly(offer("a", 0, "seed"));
        desk.started("a", 0);
        assertThat(desk.peer("a").freeUpload()).isZero();
        assertThat(Desk.offers(desk.after(30))).contains(offer("a", 1, "y"));
        assertThat(desk.isolated("a")).isFalse();
    }

    @Test
    void aRangeThatComesThroughWipesTheSlateOfThePeer() {
        Desk desk = Desk.of(9, 1);
        for (int i = 0; i < 8; i++) {
            desk.holder("x" + i, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        }
        desk.wants("a");
        for (int i = 0; i < 8; i++) {
            var flight = desk.peer("a").members.getFirst().flights.getFirst();
            if (i % 4 == 3) {
                desk.done("a", flight.range);
            } else {
                desk.failed(
                        "a", flight.range, Blame.parentId(flight).value(), FailureReason.CLOSED);
            }
        }
        assertThat(desk.isolated("a")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNREACHABLE", "CLOSED", "STALLED", "BUSY"})
    void onlyBytesThatDoNotMatchIsolateAParent(FailureReason reason) {
        Desk desk = Desk.of(6, 1);
        desk.holder("x", 0, 1, 2, 3, 4, 5);
        for (int i = 0; i < 10; i++) {
            desk.wants("p" + i);
            for (Command.Offer offer : Desk.offers(desk.commands)) {
                desk.failed(offer.peer().value(), offer.range(), "x", reason);
            }
        }
        assertThat(desk.isolated("x")).isFalse();
    }

    @Test
    void theSeedIsNeverIsolatedAndSoonOfferedAgain() {
        Desk desk = Desk.of(6, 8);
        desk.seedHas(0, 6);
        desk.wants("a");
        for (int i = 0; i < 6; i++) {
            desk.failed("a", i, "seed", FailureReason.CORRUPT);
        }
        assertThat(Desk.offers(desk.after(10))).isNotEmpty();
        assertThat(desk.isolated("a")).isFalse();
    }

    @Test
    void aPeersOwnTroublePausesItAndAccusesNobody() {
        Desk desk = Desk.of(4, 1);
        desk.holder("x", 0, 1, 2, 3);
        desk.wants("a");
        assertThat(Desk.offers(desk.failed("a", 0, "x", FailureReason.LOCAL))).isEmpty();
        assertThat(desk.peer("x").complaints.complainers).isEmpty();
        assertThat(Desk.offers(desk.after(5))).contains(offer("a", 0, "x"));
    }

    @Test
    void aParentThatDoesNotServeTheVersionIsNotOfferedUntilItJoinsAgain() {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        desk.wants("a");
        desk.failed("a", 0, "x", FailureReason.UNKNOWN_VERSION);
        // It does not answer.
        desk.after(5);
        assertThat(desk.wants("b")).isEmpty();
        assertThat(Desk.offers(desk.after(700))).isEmpty();
        desk.tell(new Event.Joined(Desk.id("x"), Desk.VERSION, Desk.bits(0), false, 1));
        assertThat(desk.peer("x").usedUpload).isEqualTo(2);
    }

    @Test
    void aParentThatSaysItServesTheVersionIsOfferedOn() {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        desk.wants("a");
        assertThat(desk.failed("a", 0, "x", FailureReason.UNKNOWN_VERSION))
                .anyMatch(Command.Recheck.class::isInstance);
        desk.rechecked("x", 0);
        desk.after(5);
        assertThat(desk.wants("b")).containsExactly(offer("b", 0, "x"));
    }

    @Test
    void complainersOfOneHostCountAsOne() {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        for (String name : List.of("a", "b", "c", "d")) {
            desk.up(name, "host", Placement.NOWHERE);
            desk.tell(new Event.Joined(Desk.id(name), Desk.VERSION, Desk.bits(), true, 0));
            desk.failed(name, 0, "x", FailureReason.STALLED);
        }
        assertThat(desk.blacklisted("x")).isFalse();
        assertThat(desk.wants("e")).containsExactly(offer("e", 0, "x"));
    }

    @Test
    void whoDoesNotFetchFromAParentCannotComplainAboutIt() {
        Desk desk = Desk.of(4, 1);
        desk.holder("x", 0, 1);
        desk.holder("y", 2);
        desk.wants("a");
        for (FailureReason reason : FailureReason.values()) {
            // Range 3 is on its way from nobody, 2 comes from y, and z does not exist.
            desk.failed("a", 3, "x", reason);
            desk.failed("a", 2, "x", reason);
            desk.failed("a", 0, "z", reason);
        }
        assertThat(desk.peer("a").exclusions).isEmpty();
        assertThat(desk.peer("a").paused).isFalse();
        assertThat(desk.peer("x").complaints.worthKeeping()).isFalse();
        assertThat(desk.peer("x").complaints.complainers).isEmpty();
        assertThat(desk.scheduler.ignoredComplaints())
                .isEqualTo(3L * FailureReason.values().length);
    }

    @Test
    void memoryOfFailuresIsBounded() {
        Desk desk = Desk.of(1, 1);
        for (int i = 0; i < 70; i++) {
            desk.holder("x" + i, 0);
        }
        desk.wants("a");
        for (int i = 0; i < 70; i++) {
            String parent = Desk.offers(desk.commands).getLast().parent().value();
            desk.failed("a", 0, parent, FailureReason.BUSY);
        }
        assertThat(desk.scheduler.state().timers.size()).isEqualTo(1);
        assertThat(desk.peer("a").exclusions.size()).isEqualTo(64);
    }
}
