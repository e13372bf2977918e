// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.Test;

import java.util.BitSet;
import java.util.List;

/// Bytes that do not match: who is believed, and what follows. Two ranges make a piece here.
final class AccusationsTest {
    private static final int RANGES = 12;
    private static final int[] ALL = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

    /// A desk with honest holders of everything.
    private static Desk holders(String... names) {
        Desk desk = Desk.of(RANGES, 1);
        for (String name : names) {
            desk.holder(name, ALL);
            desk.slots(name, 8, 16);
        }
        return desk;
    }

    /// `child` says of all that it fetches from `parent` that it is corrupt.
    private static void accuse(Desk desk, String child, String parent) {
        for (int range : desk.flights(child, parent)) {
            desk.failed(child, range, parent, FailureReason.CORRUPT);
        }
    }

    private static void child(Desk desk, String name, String host) {
        child(desk, name, host, 8);
    }

    private static void child(Desk desk, String name, String host, int slots) {
        desk.up(name, host, Placement.NOWHERE);
        desk.slots(name, slots, 0);
        desk.tell(new Event.Joined(Desk.id(name), Desk.VERSION, Desk.bits(), true, 0));
    }

    private static List<Command.Recheck> rechecks(Desk desk) {
        return desk.commands.stream()
                .filter(Command.Recheck.class::isInstance)
                .map(Command.Recheck.class::cast)
                .toList();
    }

    @Test
    void theAccusedHashesThePieceAgainBeforeAnythingIsConcluded() {
        Desk desk = holders("x");
        child(desk, "a", "ha");
        desk.commands.clear();
        desk.failed("a", 3, "x", FailureReason.CORRUPT);

        int first = Sketch.geometry(-1).firstBlockOfPiece(1);
        int end = Sketch.geometry(-1).endBlockOfPiece(1);
        assertThat(rechecks(desk))
                .containsExactly(new Command.Recheck(Desk.id("x"), Desk.VERSION, first, end));
        desk.failed("a", 2, "x", FailureReason.CORRUPT);
        assertThat(rechecks(desk)).as("the same piece").hasSize(1);
        desk.failed("a", 4, "x", FailureReason.CORRUPT);
        assertThat(rechecks(desk)).as("another piece").hasSize(2);
        assertThat(desk.isolated("x")).isFalse();
    }

    @Test
    void twoBadPiecesThatTwoHostsSawIsolateAParentWhateverItSays() {
        Desk desk = holders("x");
        child(desk, "a", "ha");
        desk.failed("a", 0, "x", FailureReason.CORRUPT);
        desk.failed("a", 1, "x", FailureReason.CORRUPT);
        desk.rechecked("x", 0);
        // Ranges 0 and 1 are the same piece.
        assertThat(desk.isolated("x")).isFalse();
        child(desk, "b", "hb");
        desk.failed("b", 2, "x", FailureReason.CORRUPT);
        assertThat(desk.isolated("x")).isFalse();
        List<Command> commands = desk.rechecked("x", 2);

        assertThat(desk.isolated("x")).isTrue();
        assertThat(commands).anyMatch(Command.Isolated.class::isInstance);
        assertThat(commands).anyMatch(Command.Cancel.class::isInstance);
        desk.after(30);
        assertThat(desk.isolated("x")).isFalse();
    }

    @Test
    void whoDoesNotAnswerIsJudgedAfterFiveSeconds() {
        Desk desk = holders("x");
        child(desk, "a", "ha");
        child(desk, "b", "hb");
        desk.failed("a", 0, "x", FailureReason.CORRUPT);
        desk.failed("b", 2, "x", FailureReason.CORRUPT);
        desk.after(4);
        assertThat(desk.isolated("x")).isFalse();
        desk.after(1);
        assertThat(desk.isolated("x")).isTrue();
    }

    @Test
    void badBlocksThatThreeHostsSawIsolateAParent() {
        Desk desk = holders("x");
        for (String name : List.of("a", "b", "c")) {
            child(desk, name, "h" + name);
        }
        for (String name : List.of("a", "b")) {
            desk.failed(name, 0, "x", FailureReason.CORRUPT);
        }
        desk.after(5);
        assertThat(desk.isolated("x")).isFalse();
        desk.failed("c", 0, "x", FailureReason.CORRUPT);
        assertThat(desk.isolated("x")).isTrue();
    }

    @Test
    void whoServedBadBytesMayFetchFromPeers() {
        Desk desk = holders("x");
        for (String name : List.of("a", "b", "c")) {
            child(desk, name, "h" + name);
            desk.failed(name, 0, "x", FailureReason.CORRUPT);
        }
        desk.after(5);
        assertThat(desk.isolated("x")).isTrue();
        for (String name : List.of("y", "z")) {
            desk.holder(name, ALL);
            desk.slots(name, 8, 16);
        }
        Event again = new Event.Joined(Desk.id("x"), Desk.VERSION, new BitSet(), true, 0);
        assertThat(Desk.offers(desk.tell(again))).isNotEmpty();
    }

    @Test
    void threeIdsOnOneHostAreOneAccuser() {
        Desk desk = holders("x", "y");
        for (String name : List.of("a", "b", "c")) {
            child(desk, name, "one");
            accuse(desk, name, "x");
            accuse(desk, name, "y");
        }
        desk.after(5);
        // Its word alone may isolate one peer at a time.
        assertThat(desk.isolated("x") && desk.isolated("y")).isFalse();
    }

    @Test
    void aLoneLiarIsolatesNobodyWhoSaysThatItsBytesAreRight() {
        Desk desk = holders("x0", "x1", "x2");
        child(desk, "a", "liar");
        for (String parent : List.of("x0", "x1", "x2")) {
            accuse(desk, "a", parent);
            for (int range = 0; range < RANGES; range += 2) {
                desk.rechecked(parent, range);
            }
            assertThat(desk.isolated(parent)).isFalse();
        }
        assertThat(desk.isolated("a")).isTrue();
    }

    @Test
    void threePeersBehindOneAddressAreBelieved() {
        Desk desk = holders("x");
        for (String name : List.of("a", "b", "c")) {
            child(desk, name, "nat", 5);
        }
        for (String name : List.of("a", "b", "c")) {
            accuse(desk, name, "x");
        }
        for (int range = 0; range < RANGES; range += 2) {
            desk.rechecked("x", range);
        }
        assertThat(desk.isolated("x")).isTrue();
    }

    @Test
    void aLoneLiarIsolatesAtMostOneWhoSaysNothingAndThenHimself() {
        Desk desk = holders("x0", "x1", "x2");
        child(desk, "a", "liar");
        accuse(desk, "a", "x0");
        accuse(desk, "a", "x1");
        desk.after(5);
        assertThat(List.of(desk.isolated("x0"), desk.isolated("x1"))).contains(false);
        accuse(desk, "a", "x2");
        desk.after(5);

        assertThat(desk.isolated("a")).isTrue();
        for (int i = 0; i < 3; i++) {
            assertThat(desk.isolated("x" + i)).as("x%d", i).isFalse();
            assertThat(desk.peer("x" + i).complaints.accusations).isEmpty();
        }
    }

    @Test
    void whatTheAccusedFindsItselfCostsNothingAndIsFetchedAgain() {
        Desk desk = Desk.of(RANGES, 32);
        desk.wants("x", ALL);
        desk.slots("x", 8, 16);
        child(desk, "a", "ha");
        child(desk, "b", "hb");
        desk.seedHas(0, RANGES);
        desk.failed("a", 0, "x", FailureReason.CORRUPT);
        desk.failed("b", 0, "x", FailureReason.CORRUPT);
        desk.commands.clear();
        desk.rechecked("x", 0, 0);

        assertThat(desk.peer("x").complaints.accusations).isEmpty();
        assertThat(desk.peer("x").members.getFirst().have.has(0)).isFalse();
        assertThat(desk.peer("x").members.getFirst().have.has(1)).isTrue();
        desk.after(5);
        assertThat(desk.isolated("x")).isFalse();
        desk.started("a", 0);
        assertThat(desk.flights("x", "seed")).contains(0);
    }

    @Test
    void childrenOfALostRangeGetAnotherParent() {
        Desk desk = Desk.of(1, 1);
        desk.holder("x", 0);
        child(desk, "a", "ha");
        desk.holder("y", 0);
        List<Command> commands = desk.rechecked("x", 0, 0);

        assertThat(commands)
                .contains(new Command.Cancel(Desk.id("a"), Desk.VERSION, 0, Desk.id("x")));
        assertThat(Desk.offers(commands)).containsExactly(Desk.offer("a", 0, "y"));
    }

    @Test
    void aDiskThatGoesOnLosingIsNoParent() {
        Desk desk = holders("x");
        for (int piece = 0; piece < Accusations.LOST_TO_ISOLATE; piece++) {
            assertThat(desk.isolated("x")).isFalse();
            desk.rechecked("x", 2 * piece, 2 * piece);
        }
        assertThat(desk.isolated("x")).isTrue();
    }

    @Test
    void aNewIdOnTheSameHostAndAddressIsJudgedByWhatItsForerunnerDid() {
        Desk desk = holders("x");
        child(desk, "a", "ha");
        child(desk, "b", "hb");
        accuse(desk, "a", "x");
        accuse(desk, "b", "x");
        desk.after(5);
        assertThat(desk.isolated("x")).isTrue();
        desk.tell(new Event.PeerDown(Desk.id("x")));

        desk.tell(new Event.PeerUp(Desk.id("new"), "x", "x:x", Placement.NOWHERE, true));
        desk.tell(new Event.PeerUp(Desk.id("beside"), "x", "x:y", Placement.NOWHERE, true));
        assertThat(desk.isolated("new")).isTrue();
        assertThat(desk.isolated("beside")).as("another daemon of that host").isFalse();
        desk.after(30);
        assertThat(desk.isolated("new")).isFalse();
    }

    @Test
    void whatIsRememberedOfThoseWhoWentIsBounded() {
        Former former = new Former();
        Place place = new Place("", "", 2);
        for (int i = 0; i < Former.MAX + 50; i++) {
            Complaints complaints = new Complaints();
            complaints.punishments = 1;
            var up = new Event.PeerUp(new PeerId("p" + i), "h", "a" + i, Placement.NOWHERE, true);
            former.remember(new PeerState(up, place, complaints), i);
        }
        assertThat(former.size()).isEqualTo(Former.MAX);
        assertThat(former.recall("h", "a0", 0).punishments).isZero();
        assertThat(former.recall("h", "a100", 0).punishments).isEqualTo(1);
        assertThat(former.recall("h", "a200", Former.KEEP_NANOS + 200).punishments).isZero();
    }

    @Test
    void theSeedIsAskedToHashAgainAndNeverAccused() {
        Desk desk = Desk.of(RANGES, 8);
        desk.seedHas(0, RANGES);
        child(desk, "a", "ha");
        desk.commands.clear();
        desk.failed("a", 0, "seed", FailureReason.CORRUPT);

        assertThat(rechecks(desk)).hasSize(1).allMatch(r -> r.peer().isSeed());
        assertThat(desk.peer("a").complaints.accused).isEmpty();
    }

    @Test
    void accusationsAreBounded() {
        Desk desk = holders("x");
        child(desk, "a", "ha");
        for (int i = 0; i < 50; i++) {
            accuse(desk, "a", "x");
            desk.after(20);
        }
        assertThat(desk.peer("x").complaints.accusations.size()).isLessThanOrEqualTo(16);
        assertThat(desk.peer("x").complaints.rechecking.size()).isLessThanOrEqualTo(16);
    }
}
