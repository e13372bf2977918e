// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static io.dragonfly.core.scheduler.Desk.offer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

final class LimitsTest {
    private final Scheduler scheduler =
            new Scheduler(SchedulerSettings.DEFAULTS.withLimits(2, 2, 1), new SplittableRandom(1));

    @Test
    void apartFromAMessageNothingHappensToPeersBeyondTheLimit() {
        assertThat(up("a")).isEmpty();
        assertThat(up("b")).isEmpty();
        assertThat(up("c")).containsExactly(new Command.AtLimit("peers", 2));
        scheduler.on(new Event.PeerDown(Desk.id("a")), 0);
        assertThat(up("c")).isEmpty();
    }

    @Test
    void apartFromAMessageNothingHappensToVersionsBeyondTheLimit() {
        assertThat(open(1)).isEmpty();
        assertThat(open(2)).isEmpty();
        assertThat(open(2)).isEmpty();
        assertThat(open(3)).containsExactly(new Command.AtLimit("versions", 2));
        scheduler.on(new Event.SwarmClosed(Sketch.version(1)), 0);
        assertThat(open(3)).isEmpty();
    }

    @Test
    void apartFromAMessageNothingHappensToMembershipsBeyondTheLimit() {
        up("a");
        open(1);
        open(2);
        assertThat(join(1)).isEmpty();
        assertThat(join(1)).isEmpty();
        assertThat(join(2)).containsExactly(new Command.AtLimit("versions of a peer", 1));
    }

    @Test
    void nothingIsLeftOfSwarmsAndPeersThatAreGone() {
        up("a");
        open(1);
        join(1);
        scheduler.on(new Event.SeedHas(Sketch.version(1), 0), 0);
        scheduler.on(new Event.SwarmClosed(Sketch.version(1)), 0);
        scheduler.on(new Event.PeerDown(Desk.id("a")), 0);
        State state = scheduler.state();
        assertThat(state.peers).isEmpty();
        assertThat(state.swarms).isEmpty();
        assertThat(state.swarmList).isEmpty();
        assertThat(state.places).isEmpty();
        assertThat(state.impaired).isEmpty();
        assertThat(state.seed.used).isZero();
    }

    @Test
    void whatNobodyKnowsIsIgnored() {
        assertThat(scheduler.on(new Event.Done(Desk.id("a"), Sketch.version(1), 0), 0)).isEmpty();
        assertThat(join(1)).isEmpty();
        up("a");
        open(1);
        join(1);
        assertThat(scheduler.on(new Event.Done(Desk.id("a"), Sketch.version(1), 9), 0)).isEmpty();
        assertThat(scheduler.on(new Event.Started(Desk.id("a"), Sketch.version(1), -1), 0))
                .isEmpty();
        assertThat(scheduler.on(new Event.SeedHas(Sketch.version(1), 9), 0)).isEmpty();
    }

    @Test
    void slotsAreBoundedWhateverAPeerAsksFor() {
        Desk desk = new Desk(50, SchedulerSettings.DEFAULTS.withSlots(2, 2, 100));
        desk.seedHas(0, 50);
        desk.wants("a");
        desk.slots("a", 1000, 1000);
        assertThat(desk.peer("a").usedDownload).isEqualTo(16);
        desk.slots("a", -5, -5);
        assertThat(desk.peer("a").downloadSlots).isEqualTo(1);
        assertThat(desk.peer("a").uploadLimit()).isZero();
    }

    @Test
    void theSeedsSlotsMayBeGivenFromOutside() {
        Desk desk = new Desk(50, SchedulerSettings.DEFAULTS.withSlots(4, 4, 4));
        desk.seedHas(0, 50);
        desk.wants("a");
        assertThat(desk.wants("b")).isEmpty();
        var commands = desk.tell(new Event.SlotsChanged(Desk.id("seed"), 0, 6));
        assertThat(Desk.offers(commands))
                .containsExactly(offer("b", 4, "seed"), offer("b", 5, "seed"));
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> SchedulerSettings.DEFAULTS.withSlots(0, 1, 1))
                .hasMessageContaining("download slots");
        assertThatThrownBy(() -> SchedulerSettings.DEFAULTS.withLimits(0, 1, 1))
                .hasMessageContaining("limits");
    }

    private java.util.List<Command> up(String name) {
        return scheduler.on(
                new Event.PeerUp(Desk.id(name), name, name, Placement.NOWHERE, true), 0);
    }

    private java.util.List<Command> open(int version) {
        return scheduler.on(new Event.SwarmOpened(Sketch.version(version), Sketch.geometry(4)), 0);
    }

    private java.util.List<Command> join(int version) {
        return scheduler.on(
                new Event.Joined(Desk.id("a"), Sketch.version(version), Desk.bits(), true, 0), 0);
    }
}
