// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.quantum;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The targets of the swarm, in virtual time: the same on every machine. [QuantumTable] prints
/// more.
final class QuantumSwarmTest {
    private static final long LENGTH = 100_000_000;

    @Test
    void onePeerIsAsFastAsItsLink() {
        check(QuantumSwarm.Setup.of(200, QuantumTable.same(1, 50)), 1.02, 1.01);
    }

    @Test
    void tenPeersTakeAsLongAsOne() {
        check(QuantumSwarm.Setup.of(200, QuantumTable.same(10, 50)), 1.05, 1.2);
    }

    @Test
    void thirtyPeersTakeAsLongAsOne() {
        check(QuantumSwarm.Setup.of(200, QuantumTable.same(30, 50)).unfair(0.6), 1.06, 1.3);
    }

    @Test
    void aSeedThatIsNoFasterThanThePeersSendsEverythingAboutOnce() {
        check(QuantumSwarm.Setup.of(50, QuantumTable.same(10, 50)), 1.15, 1.1);
    }

    @Test
    void aSeedWithASlowUplinkComesToFewSlots() {
        assertThat(seedWith(50).seedFlightsLater).isBetween(3, 6);
    }

    private static QuantumSwarm seedWith(double mbit) {
        QuantumSwarm sim =
                new QuantumSwarm(
                        QuantumSwarm.Setup.of(mbit, QuantumTable.same(30, 50)).length(LENGTH), 1);
        sim.run();
        return sim;
    }

    @Test
    void aSlowOriginIsNotMadeSlower() {
        check(QuantumSwarm.Setup.of(200, QuantumTable.same(10, 50)).origin(40), 1.06, 1.55);
    }

    @Test
    void aSlowUplinkHoldsNobodyUp() {
        check(QuantumSwarm.Setup.of(200, QuantumTable.slow(20, 1)), 1.15, 1.6);
    }

    @Test
    void fastPeersAreNotHeldUpBySlowOnes() {
        QuantumSwarm.Setup setup = QuantumSwarm.Setup.of(200, QuantumTable.mixed(true));
        QuantumSwarm.Result result = new QuantumSwarm(setup, 1).run();
        assertThat(result.last() / QuantumTable.bound(setup)).isLessThan(1.05);
        for (int i = 20; i < 30; i++) {
            assertThat(result.seconds().get(i) / (setup.length() * 8 / 50e6)).isBetween(1.0, 1.15);
        }
    }

    @Test
    void everyThinLinkCarriesTheContentOnce() {
        QuantumSwarm.Setup setup = QuantumSwarm.Setup.of(200, QuantumTable.idcs(50)).thin(20);
        QuantumSwarm.Result result = check(setup, 1.06, 3.1);
        assertThat(result.thinCopies()).hasSize(3);
        assertThat(result.thinCopies().values()).allSatisfy(c -> assertThat(c).isLessThan(1.02));
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        QuantumSwarm.Setup setup =
                QuantumSwarm.Setup.of(200, QuantumTable.slow(10, 1)).length(20_000_000).unfair(0.6);
        assertThat(new QuantumSwarm(setup, 5).run()).isEqualTo(new QuantumSwarm(setup, 5).run());
    }

    private static QuantumSwarm.Result check(
            QuantumSwarm.Setup full, double ratio, double seedCopies) {
        QuantumSwarm.Setup setup = full.length(LENGTH);
        QuantumSwarm.Result result = new QuantumSwarm(setup, 1).run();
        double last = result.last() / QuantumTable.bound(setup);
        System.out.printf(
                "N=%d: last peer / bound %.3f, seed %.2f F%n",
                setup.hosts().size(), last, result.seedCopies());
        assertThat(last).isBetween(1.0, ratio);
        assertThat(result.seedCopies()).isBetween(1.0, seedCopies);
        return result;
    }
}
