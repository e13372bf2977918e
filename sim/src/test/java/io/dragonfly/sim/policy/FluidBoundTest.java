// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dragonfly.sim.policy.FluidBound.Host;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Against values computed by hand. 200 MB are 1600 Mbit.
final class FluidBoundTest {
    private static final long F = 200_000_000;

    private static List<Host> hosts(int count, double up, double down, String idc) {
        return Collections.nCopies(count, new Host(up, down, idc, 0));
    }

    private static double bound(List<Host> hosts, double supernode) {
        return new FluidBound(F, hosts, List.of(supernode), 0, Map.of()).seconds();
    }

    @SafeVarargs
    private static List<Host> all(List<Host>... parts) {
        List<Host> all = new ArrayList<>();
        for (List<Host> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    @Test
    void aHostsOwnLinkInLimitsWhereUplinksSuffice() {
        // 1600/50; sending takes 10 * 1600 / (200 + 10 * 50) = 22.9.
        assertThat(bound(hosts(10, 50, 50, ""), 200)).isEqualTo(32);
    }

    @Test
    void theSlowestHostLimits() {
        assertThat(bound(all(hosts(9, 50, 50, ""), hosts(1, 50, 10, "")), 200)).isEqualTo(160);
    }

    @Test
    void theSupernodeMustSendTheContentOnce() {
        assertThat(bound(hosts(10, 50, 50, ""), 20)).isEqualTo(80);
    }

    @Test
    void uplinksLimitWhereTheyAreFewerThanLinksIn() {
        // 100 * 1600 / (200 + 100 * 5)
        assertThat(bound(hosts(100, 5, 50, ""), 200)).isCloseTo(228.571, within(1e-3));
    }

    @Test
    void severalSupernodesAddUp() {
        FluidBound bound =
                new FluidBound(F, hosts(100, 5, 50, ""), List.of(200.0, 300.0), 0, Map.of());

        assertThat(bound.seconds()).isEqualTo(160);
        assertThat(
                        new FluidBound(F, hosts(1, 1, 1000, ""), List.of(8.0, 8.0), 0, Map.of())
                                .seconds())
                .isEqualTo(100);
    }

    @Test
    void theOriginIsReadOnce() {
        assertThat(new FluidBound(F, hosts(10, 50, 50, ""), List.of(200.0), 40, Map.of()).seconds())
                .isEqualTo(40);
    }

    @Test
    void severalContentsCountTogether() {
        FluidBound bound =
                new FluidBound(5 * F, hosts(10, 50, 50, ""), List.of(200.0), 100, Map.of());

        assertThat(bound.seconds()).isEqualTo(160);
    }

    @Test
    void aThinLinkCarriesTheContentOnceForItsIdc() {
        List<Host> hosts = all(hosts(6, 50, 50, "a"), hosts(6, 50, 50, "b"));

        FluidBound bound =
                new FluidBound(F, hosts, List.of(200.0), 0, Map.of("a", 20.0, "b", 25.0));

        assertThat(bound.seconds()).isEqualTo(80);
    }

    @Test
    void behindAThinLinkTheirOwnUplinksAreAllThatHelps() {
        // 6 * 1600 / (40 + 6 * 10); without the link 12 * 1600 / (1000 + 600 + 60) = 11.6.
        List<Host> hosts = all(hosts(6, 10, 100, "a"), hosts(6, 100, 100, "b"));

        assertThat(new FluidBound(F, hosts, List.of(1000.0), 0, Map.of("a", 40.0)).seconds())
                .isEqualTo(96);
    }

    @Test
    void whoArrivesLaterCannotBeSentAnythingBefore() {
        List<Host> hosts = List.of(new Host(50, 50, "", 5), new Host(50, 50, "", 105));

        // 100 s after the first, and 32 s of its own.
        assertThat(bound(hosts, 200)).isEqualTo(132);
    }

    @Test
    void whatLateHostsWantAllMustSendAfterTheyCame() {
        List<Host> late = Collections.nCopies(100, new Host(5, 50, "", 60));

        // 60 + 100 * 1600 / (200 + 5 + 100 * 5)
        assertThat(bound(all(List.of(new Host(5, 50, "", 0)), late), 200))
                .isCloseTo(60 + 160_000 / 705.0, within(1e-9));
    }

    @Test
    void anIdcWhoseHostsComeLateStartsWhenTheFirstIsThere() {
        List<Host> hosts = List.of(new Host(50, 50, "b", 0), new Host(50, 50, "a", 10));

        assertThat(new FluidBound(F, hosts, List.of(200.0), 0, Map.of("a", 20.0)).seconds())
                .isEqualTo(90);
    }

    @Test
    void aClassHasABoundOfItsOwn() {
        assertThat(FluidBound.own(F, 10)).isEqualTo(160);
    }
}
