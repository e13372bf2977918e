// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Which versions are given out, and who may speak of them.
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SwarmLoopTest {
    private static FromPeer.Announce announce(SeedVersion version, boolean shown) {
        return new FromPeer.Announce(
                version.version().id().hex(),
                "",
                List.of(),
                true,
                0,
                shown ? version.secret().hex() : null);
    }

    private static void open(LoopFixture fixture, SeedVersion version) {
        fixture.loop.post(() -> fixture.loop.open(version));
        fixture.settle();
    }

    private static void tell(LoopFixture fixture, PeerSession peer, FromPeer message) {
        fixture.loop.post(() -> fixture.reports.apply(peer, message));
        fixture.settle();
    }

    private static int members(LoopFixture fixture, SeedVersion version) {
        return fixture.loop.ask(l -> {
            Swarm swarm = l.swarm(version.version().id());
            return swarm == null ? -1 : swarm.members.size();
        });
    }

    @Test
    void whoKnowsOnlyTheIdOfAVersionHearsThatThereIsNone() throws IOException {
        try (LoopFixture fixture = new LoopFixture(10)) {
            SeedVersion version = fixture.version(1, 64L * LoopFixture.BLOCK);
            open(fixture, version);
            PeerSession peer = fixture.peer("p");
            String id = version.version().id().hex();
            List<FromPeer> all =
                    List.of(
                            announce(version, false),
                            new FromPeer.Announce(id, "", List.of(), true, 0, "f".repeat(32)),
                            new FromPeer.Progress(id, List.of(), List.of(1), 0, 0),
                            new FromPeer.Rechecked(id, 0, 4, List.of()),
                            new FromPeer.Leave(id));
            all.forEach(message -> tell(fixture, peer, message));

            assertThat(members(fixture, version)).isZero();
            assertThat(LoopFixture.stream(peer).sent)
                    .filteredOn(sent -> !(sent instanceof FromSupernode.SwarmSize))
                    .hasSize(all.size())
                    .containsOnly(Messages.unknown(version.version().id()));
        }
    }

    @Test
    void whoWasRegisteredOrKnowsTheSecretJoins() throws IOException {
        try (LoopFixture fixture = new LoopFixture(10)) {
            SeedVersion version = fixture.version(1, 64L * LoopFixture.BLOCK);
            open(fixture, version);
            PeerSession registered = fixture.peer("p");
            registered.admit(version.version().id(), version.secret());
            tell(fixture, registered, announce(version, false));
            PeerSession back = fixture.peer("q");
            tell(fixture, back, announce(version, true));

            assertThat(members(fixture, version)).isEqualTo(2);
        }
    }

    @Test
    void whatAFrameCausesGoesBackInOneFrame() throws IOException {
        try (LoopFixture fixture = new LoopFixture(10)) {
            SeedVersion version = fixture.version(1, 64L * LoopFixture.BLOCK);
            open(fixture, version);
            PeerSession peer = fixture.peer("p");
            fixture.settle();
            RecordedStream stream = LoopFixture.stream(peer);
            int before = stream.frames;
            FromPeer.Announce joins = announce(version, true);
            FromPeer.Leave leaves = new FromPeer.Leave(version.version().id().hex());
            fixture.loop.post(
                    List.of(
                            () -> fixture.reports.apply(peer, joins),
                            () -> fixture.reports.apply(peer, leaves),
                            () -> fixture.reports.apply(peer, joins)));
            fixture.settle();

            assertThat(stream.frames - before).isEqualTo(1);
            assertThat(stream.sent).filteredOn(FromSupernode.Length.class::isInstance).hasSize(2);
        }
    }

    @Test
    void aBugInOneReportLeavesTheOthersOfItsFrame() throws IOException {
        try (LoopFixture fixture = new LoopFixture(10)) {
            SeedVersion version = fixture.version(1, 64L * LoopFixture.BLOCK);
            fixture.loop.post(
                    List.of(
                            () -> {
                                throw new IllegalStateException("a bug on purpose");
                            },
                            () -> fixture.loop.open(version)));
            fixture.settle();

            assertThat(fixture.loop.bugs()).isEqualTo(1);
            assertThat(fixture.opened).containsExactly(version);
        }
    }

    @Test
    void aVersionThatNobodyUsesIsNotServedAnyMore() throws IOException {
        try (LoopFixture fixture = new LoopFixture(10)) {
            SeedVersion version = fixture.version(1, 64L * LoopFixture.BLOCK);
            open(fixture, version);
            assertThat(fixture.opened).containsExactly(version);
            fixture.loop.post(() -> fixture.loop.closeUnused(Long.MAX_VALUE));
            fixture.settle();

            assertThat(fixture.retired).containsExactly(version);
            assertThat(members(fixture, version)).isEqualTo(-1);
        }
    }

    @Test
    void aVersionThatIsReadAnewReplacesTheOldOneAndItsMembersAskAgain() throws IOException {
        try (LoopFixture fixture = new LoopFixture(10)) {
            SeedVersion old = fixture.version(1, 64L * LoopFixture.BLOCK);
            open(fixture, old);
            PeerSession peer = fixture.peer("p");
            tell(fixture, peer, announce(old, true));
            SeedVersion next = fixture.again(old.version(), 2);
            open(fixture, next);

            assertThat(fixture.retired).containsExactly(old);
            assertThat(LoopFixture.stream(peer).sent)
                    .contains(Messages.unknown(old.version().id()));
            tell(fixture, peer, announce(old, true));
            assertThat(members(fixture, next)).as("the old secret").isZero();
            assertThat(old.stored().inUse()).isFalse();
        }
    }

    @Test
    void atTheLimitVersionsWithoutMembersGiveWayAndThoseInUseStay() throws IOException {
        try (LoopFixture fixture = new LoopFixture(2)) {
            SeedVersion used = fixture.version(1, 64L * LoopFixture.BLOCK);
            SeedVersion unused = fixture.version(2, 64L * LoopFixture.BLOCK);
            SeedVersion third = fixture.version(3, 64L * LoopFixture.BLOCK);
            SeedVersion fourth = fixture.version(4, 64L * LoopFixture.BLOCK);
            PeerSession peer = fixture.peer("p");
            open(fixture, used);
            tell(fixture, peer, announce(used, true));
            open(fixture, unused);
            open(fixture, third);
            assertThat(fixture.retired).containsExactly(unused);
            tell(fixture, peer, announce(third, true));
            open(fixture, fourth);

            assertThat(members(fixture, fourth)).isEqualTo(-1);
            assertThat(fixture.loop.<Integer>ask(l -> l.swarms().size())).isEqualTo(2);
        }
    }
}
