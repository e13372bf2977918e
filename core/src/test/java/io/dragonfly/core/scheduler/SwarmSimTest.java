// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The targets of the swarm, in virtual time: the same on every machine. [SimTable] prints more.
final class SwarmSimTest {
    private static final long LENGTH = 100_000_000;

    @Test
    void onePeerIsAsFastAsItsLink() {
        check(SwarmSim.Setup.of(200, SimTable.same(1, 50)), 1.02, 1.01);
    }

    @Test
    void tenPeersTakeAsLongAsOne() {
        check(SwarmSim.Setup.of(200, SimTable.same(10, 50)), 1.05, 1.2);
    }

    @Test
    void thirtyPeersTakeAsLongAsOne() {
        check(SwarmSim.Setup.of(200, SimTable.same(30, 50)).unfair(0.6), 1.06, 1.3);
    }

    @Test
    void aSeedThatIsNoFasterThanThePeersSendsEverythingAboutOnce() {
        check(SwarmSim.Setup.of(50, SimTable.same(10, 50)), 1.15, 1.1);
    }

    @Test
    void theSlotsOfTheSeedFollowItsUplink() {
        assertThat(slotsOfASeedWith(50)).isBetween(4, 5);
        assertThat(slotsOfASeedWith(1000)).isBetween(20, 160);
    }

    private static int slotsOfASeedWith(double mbit) {
        SwarmSim sim =
                new SwarmSim(SwarmSim.Setup.of(mbit, SimTable.same(30, 50)).length(LENGTH), 1);
        sim.run();
        return sim.scheduler.state().seed.slots;
    }

    @Test
    void aSlowOriginIsNotMadeSlower() {
        check(SwarmSim.Setup.of(200, SimTable.same(10, 50)).origin(40), 1.06, 1.55);
    }

    @Test
    void aSlowUplinkHoldsNobodyUp() {
        check(SwarmSim.Setup.of(200, SimTable.slow(20, 1)), 1.15, 1.6);
    }

    @Test
    void fastPeersAreNotHeldUpBySlowOnes() {
        SwarmSim.Setup setup = SwarmSim.Setup.of(200, SimTable.mixed(true));
        SwarmSim.Result result = new SwarmSim(setup, 1).run();
        assertThat(result.last() / SimTable.bound(setup)).isLessThan(1.05);
        for (int i = 20; i < 30; i++) {
            assertThat(result.seconds().get(i) / (setup.length() * 8 / 50e6)).isBetween(1.0, 1.15);
        }
    }

    @Test
    void everyThinLinkCarriesTheContentOnce() {
        SwarmSim.Setup setup = SwarmSim.Setup.of(200, SimTable.idcs(50)).thin(20);
        SwarmSim.Result result = check(setup, 1.06, 3.1);
        assertThat(result.thinCopies()).hasSize(3);
        assertThat(result.thinCopies().values()).allSatisfy(c -> assertThat(c).isLessThan(1.02));
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        SwarmSim.Setup setup =
                SwarmSim.Setup.of(200, SimTable.slow(10, 1)).length(20_000_000).unfair(0.6);
        assertThat(new SwarmSim(setup, 5).run()).isEqualTo(new SwarmSim(setup, 5).run());
    }

    private static SwarmSim.Result check(SwarmSim.Setup full, double ratio, double seedCopies) {
        SwarmSim.Setup setup = full.length(LENGTH);
        SwarmSim.Result result = new SwarmSim(setup, 1).run();
        double last = result.last() / SimTable.bound(setup);
        System.out.printf(
                "N=%d: last peer / bound %.3f, seed %.2f F%n",
                setup.hosts().size(), last, result.seedCopies());
        assertThat(last).isBetween(1.0, ratio);
        assertThat(result.seedCopies()).isBetween(1.0, seedCopies);
        return result;
    }
}
