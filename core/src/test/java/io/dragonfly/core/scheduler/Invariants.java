// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Objects.requireNonNull;

import io.dragonfly.core.model.PeerId;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Counts everything again the slow and simple way and compares.
final class Invariants {
    private final State state;

    Invariants(Scheduler scheduler) {
        this.state = scheduler.state();
    }

    void check(List<Command> commands) {
        int seedFlights = 0;
        int peersInPlaces = 0;
        for (Place place : state.places.values()) {
            peersInPlaces += place.peers;
            int crossings = 0;
            for (Swarm swarm : state.swarms.values()) {
                Zone zone = swarm.zones.get(place);
                if (zone != null) {
                    assertThat(place.zones).contains(zone);
                    crossings += crossings(zone);
                }
            }
            assertThat(place.crossings).isEqualTo(crossings);
            assertThat(!place.limited() || crossings <= state.settings.maxCrossings()).isTrue();
        }
        assertThat(peersInPlaces).isEqualTo(state.peers.size());
        for (Swarm swarm : state.swarms.values()) {
            for (Member member : swarm.members.values()) {
                checkMember(member);
                for (Flight flight : member.flights) {
                    boolean seed = flight.parent == null && !flight.crossing;
                    seedFlights += seed && !flight.ending ? 1 : 0;
                }
            }
            for (Zone zone : swarm.zones.values()) {
                checkZone(zone);
            }
            checkNobodyWaitsInVain(swarm);
        }
        assertThat(state.seed.used).isEqualTo(seedFlights);
        for (PeerState peer : state.peers.values()) {
            checkPeer(peer);
        }
        checkOffers(commands);
    }

    private static void require(boolean holds, String format, Object... args) {
        if (!holds) {
            throw new AssertionError(format.formatted(args));
        }
    }

    private static int crossings(Zone zone) {
        int crossings = 0;
        for (Member member : zone.swarm.members.values()) {
            for (Flight flight : member.flights) {
                crossings += flight.crossing && member.zone == zone ? 1 : 0;
            }
        }
        return crossings;
    }

    private static void checkPeer(PeerState peer) {
        int down = 0;
        int up = 0;
        int ending = 0;
        for (Member member : peer.members) {
            down += (int) member.flights.stream().filter(f -> !f.ending).count();
            ending += (int) member.flights.stream().filter(f -> f.ending).count();
            up += (int) member.serving.stream().filter(f -> !f.ending).count();
        }
        assertThat(peer.ending).isEqualTo(ending);
        assertThat(peer.usedDownload).isEqualTo(down);
        assertThat(peer.usedUpload).isEqualTo(up);
        assertThat(peer.exclusions.size()).isLessThanOrEqualTo(64);
        assertThat(peer.activeExclusions)
                .isEqualTo((int) peer.exclusions.values().stream().filter(e -> e.active).count());
    }

    private static void checkMember(Member member) {
        Set<Integer> fetching = new HashSet<>();
        for (Flight flight : member.flights) {
            assertThat(fetching.add(flight.range)).isTrue();
            assertThat(member.have.has(flight.range)).isFalse();
            assertThat(flight.child).isSameAs(member);
            if (flight.parent != null) {
                assertThat(flight.parent.serving).contains(flight);
                assertThat(flight.parent.zone.domain).isSameAs(member.zone.domain);
                assertThat(flight.parent.gone).isFalse();
                assertThat(flight.parent.dependsOn(member, flight.range))
                        .as("a cycle over range %d", flight.range)
                        .isFalse();
            }
        }
        for (int r = 0; r < member.swarm.ranges; r++) {
            boolean has = member.have.has(r);
            boolean flies = fetching.contains(r);
            boolean wished = member.only == null || member.only.has(r);
            boolean wanted = member.wants && wished && r < member.takesUpTo();
            require(member.open.has(r) == (wanted && !has && !flies), "open %d", r);
            boolean offerable = has || (flies && member.partial.has(r));
            require(member.offerable.has(r) == offerable, "offerable %d", r);
        }
        boolean live = member.peer.mayServe() && !member.denied && member.window == 0;
        assertThat(member.counted).isEqualTo(live);
        boolean free = live && member.peer.freeUpload() > 0 && !member.offerable.isEmpty();
        boolean waiting = member.mayFetch() && !member.open.isEmpty();
        assertThat(contains(member.zone.free, member)).isEqualTo(free);
        assertThat(contains(member.zone.waiting, member)).isEqualTo(waiting);
        if (member.group != null) {
            assertThat(contains(member.group.free, member)).isEqualTo(free);
            assertThat(contains(member.group.waiting, member)).isEqualTo(waiting);
        }
    }

    private static boolean contains(Pool pool, Member member) {
        for (int i = 0; i < pool.size(); i++) {
            if (pool.get(i) == member) {
                return true;
            }
        }
        return false;
    }

    private static void checkZone(Zone zone) {
        Swarm swarm = zone.swarm;
        for (int r = 0; r < swarm.ranges; r++) {
            int here = 0;
            int inDomain = 0;
            int open = 0;
            int offered = 0;
            int available = 0;
            for (Member member : swarm.members.values()) {
                boolean copy = member.counted && member.holdsOrFetches(r);
                here += copy && member.zone == zone ? 1 : 0;
                inDomain += copy && member.zone.domain == zone.domain ? 1 : 0;
                available +=
                        member.counted
                                        && member.zone.domain == zone.domain
                                        && member.offerable.has(r)
                                ? 1
                                : 0;
                boolean waits = member.zone == zone && member.mayFetch();
                open += waits && member.open.has(r) ? 1 : 0;
                boolean free =
                        member.zone == zone && member.counted && member.peer.freeUpload() > 0;
                offered += free && member.offerable.has(r) ? 1 : 0;
            }
            require(zone.copies.get(r) == here, "copies of %d in the zone", r);
            require(zone.domain.copies.get(r) == inDomain, "copies of %d", r);
            require(zone.domain.available.get(r) == available, "copies of %d to offer", r);
            require(zone.wanted.get(r) == open, "how many lack %d", r);
            require(zone.offered.get(r) == offered, "how many offer %d", r);
            require(zone.copies.some().has(r) == here > 0, "some copies of %d", r);
            require(zone.wanted.some().has(r) == open > 0, "some lack %d", r);
        }
        assertThat(zone.domain.repeatedBlocks).isNotNegative();
        assertThat(zone.place.zones).contains(zone);
        assertThat(zone.members).isPositive();
    }

    private void checkNobodyWaitsInVain(Swarm swarm) {
        for (Member child : swarm.members.values()) {
            if (!child.mayFetch()) {
                continue;
            }
            for (int r = child.open.next(0); r >= 0; r = child.open.next(r + 1)) {
                require(!seedCould(child, r), "%s waits for %d of the seed", child.peer, r);
                for (Member parent : swarm.members.values()) {
                    require(
                            !could(parent, child, r),
                            "%s waits for %d and %s could serve it",
                            child.peer,
                            r,
                            parent.peer);
                }
            }
        }
    }

    private static boolean could(Member parent, Member child, int range) {
        return parent != child
                && !parent.denied
                && parent.window == 0
                && parent.peer.freeUpload() > 0
                && parent.offerable.has(range)
                && parent.zone.domain == child.zone.domain
                && !child.peer.seedOnly()
                && !child.peer.excludes(parent.peer.id)
                && !parent.dependsOn(child, range)
                && (!State.crosses(parent.zone, child.zone)
                        || (child.zone.place.mayCross() && child.zone.copies.get(range) == 0));
    }

    private boolean seedCould(Member child, int range) {
        Swarm swarm = child.swarm;
        if (!swarm.seedHas.has(range) || child.peer.excludes(PeerId.SEED)) {
            return false;
        }
        if (state.seedCrosses(child.zone)) {
            return child.zone.place.mayCross()
                    && (child.peer.seedOnly() || usable(child, range, true) == 0);
        }
        return state.seed.free()
                && (child.peer.seedOnly()
                        || usable(child, range, false) == 0
                        || child.serves(range)
                        || (state.seed.mayRepeat(
                                        child.zone.domain,
                                        swarm,
                                        child.zone.domain.copies.get(range))
                                && child.zone.domain.available.get(range) > 0));
    }

    private static int usable(Member child, int range, boolean inZone) {
        int usable = 0;
        for (Member parent : child.swarm.members.values()) {
            boolean near =
                    inZone ? parent.zone == child.zone : parent.zone.domain == child.zone.domain;
            if (near
                    && parent.counted
                    && parent.holdsOrFetches(range)
                    && !child.peer.excludes(parent.peer.id)) {
                usable++;
            }
        }
        return usable;
    }

    /// Whether a timer that was due at the same time ended it again: the parent was isolated, or
    /// counts as one that does not serve the version.
    private static boolean takenBack(Command.Offer offer, Member child, List<Command> commands) {
        Member parent = child.swarm.member(offer.parent());
        boolean cancelled =
                commands.stream()
                        .anyMatch(c ->
                                c instanceof Command.Cancel cancel
                                        && cancel.peer().equals(offer.peer())
                                        && cancel.version().equals(offer.version())
                                        && cancel.range() == offer.range());
        return child.flight(offer.range()) == null
                && (cancelled || (parent != null && parent.denied));
    }

    private void checkOffers(List<Command> commands) {
        for (Command command : commands) {
            if (!(command instanceof Command.Offer offer)) {
                continue;
            }
            Swarm swarm = requireNonNull(state.swarms.get(offer.version()));
            Member child = requireNonNull(swarm.member(offer.peer()));
            assertThat(child.have.has(offer.range())).isFalse();
            if (takenBack(offer, child, commands)) {
                continue;
            }
            assertThat(child.takes(offer.range())).isTrue();
            Flight flight = requireNonNull(child.flight(offer.range()));
            if (flight.moves == 0 && child.flights.size() > 1) {
                // A version of which nothing else is on its way has a slot of its own.
                long own = child.peer.members.stream().filter(m -> m.flights.size() == 1).count();
                assertThat(child.peer.usedDownload - own)
                        .isLessThanOrEqualTo(child.peer.downloadLimit());
            }
            assertThat(offer.block())
                    .isBetween(swarm.firstBlock(offer.range()), swarm.endBlock(offer.range()) - 1);
            if (offer.parent().isSeed()) {
                assertThat(swarm.seedHas.has(offer.range())).isTrue();
                continue;
            }
            assertThat(child.peer.seedOnly()).isFalse();
            Member parent = requireNonNull(swarm.member(offer.parent()));
            assertThat(parent).isNotSameAs(child);
            assertThat(parent.offerable.has(offer.range())).isTrue();
            assertThat(parent.peer.mayServe()).isTrue();
            assertThat(parent.peer.usedUpload).isLessThanOrEqualTo(parent.peer.uploadLimit());
            assertThat(parent.zone.domain).isSameAs(child.zone.domain);
        }
        assertThat(state.seed.used).isLessThanOrEqualTo(256);
    }
}
