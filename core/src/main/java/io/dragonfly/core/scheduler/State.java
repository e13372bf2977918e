// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Everything a [Scheduler] knows, and the few steps that change it: a flight begins, ends, starts
/// to be offerable, completes; a peer begins or ceases to serve. Each step keeps all counts and
/// pools true and notes in [Wakes] who may be served better now.
final class State {
    final SchedulerSettings settings;
    final RandomGenerator random;
    final Map<PeerId, PeerState> peers = new LinkedHashMap<>();
    final Map<VersionId, Swarm> swarms = new LinkedHashMap<>();

    /// The same swarms, so that a look can start anywhere.
    final List<Swarm> swarmList = new ArrayList<>();

    final Map<Placement, Place> places = new LinkedHashMap<>();
    final Wakes wakes = new Wakes();
    final Timers timers = new Timers();
    final SeedState seed;
    final List<Command> out = new ArrayList<>();

    /// Peers for which other rules may hold than for the rest: they cannot use every parent, or
    /// have lost the parent of a range that others may wait for. May name more than that.
    final SequencedSet<PeerState> impaired = new LinkedHashSet<>();

    long now;

    /// What was said about peers that are gone.
    final Former former = new Former();

    /// Failures that were reported by somebody who was not fetching that from there.
    long ignoredComplaints;

    State(SchedulerSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        this.seed = new SeedState(settings);
    }

    /// Those who may need other parents than the rest look for themselves when something got free.
    void wakeImpaired(@Nullable Place place) {
        impaired.removeIf(peer -> !impaired(peer));
        for (PeerState peer : impaired) {
            if (place == null || peer.place == place) {
                wakes.hungry.add(peer);
            }
        }
    }

    private static boolean impaired(PeerState peer) {
        if (peer.isolated || peer.activeExclusions > 0) {
            return true;
        }
        for (Member member : peer.members) {
            if (member.partial.intersects(member.open)) {
                return true;
            }
        }
        return false;
    }

    /// Whether what the seed sends into `zone` enters an IDC from outside.
    boolean seedCrosses(Zone zone) {
        return zone.place.limited() && !zone.place.idc.equals(settings.seedPlacement().idc());
    }

    static boolean crosses(Zone from, Zone to) {
        return to.place.limited() && from.place != to.place;
    }

    Flight offer(Member child, int range, int block, @Nullable Member parent) {
        boolean crossing =
                parent == null ? seedCrosses(child.zone) : crosses(parent.zone, child.zone);
        Swarm swarm = child.swarm;
        boolean repeated = parent == null && !crossing && child.zone.domain.copies.get(range) > 0;
        int charge = repeated ? swarm.endBlock(range) - block : 0;
        Flight flight = new Flight(child, range, parent, crossing, charge, now);
        begin(flight);
        out.add(
                new Command.Offer(
                        child.peer.id,
                        swarm.version,
                        range,
                        block,
                        parent == null ? PeerId.SEED : parent.peer.id));
        return flight;
    }

    /// Ends a flight and tells the child.
    void cancel(Flight flight) {
        Member child = flight.child;
        out.add(
                new Command.Cancel(
                        child.peer.id, child.swarm.version, flight.range, Blame.parentId(flight)));
        end(flight, 0);
    }

    private void begin(Flight flight) {
        Member child = flight.child;
        int range = flight.range;
        Check.that(child.close(range), "%s does not lack range %d", child.peer, range);
        child.flights.add(flight);
        child.peer.usedDownload++;
        if (child.counted) {
            child.zone.copies.add(range);
            child.zone.domain.copies.add(range);
        }
        if (flight.crossing) {
            child.zone.place.crossings++;
        }
        if (flight.parent != null) {
            flight.parent.serving.add(flight);
            flight.parent.peer.usedUpload++;
            flight.parent.peer.refresh();
        } else if (!flight.crossing) {
            seed.began(flight);
            child.zone.domain.repeatedBlocks += flight.charge;
        }
        if (child.partial.has(range)) {
            flight.started = true;
            flight.startedNanos = now;
            addOfferable(child, range);
        }
        child.peer.refresh();
    }

    /// Ends a flight: the range is complete at the child, or open again.
    ///
    /// @param sentBlocks how many blocks the parent sent, as far as is known
    void end(Flight flight, int sentBlocks) {
        Member child = flight.child;
        int range = flight.range;
        Check.that(child.flights.remove(flight), "no such flight of range %d", range);
        if (flight.ending) {
            child.peer.ending--;
        } else {
            giveSlots(flight);
        }
        wakeAtSlots(flight);
        if (flight.crossing) {
            child.zone.place.crossings--;
            wakes.crossing.addAll(child.zone.place.zones);
        }
        if (flight.parent != null) {
            flight.parent.serving.remove(flight);
        } else if (!flight.crossing) {
            child.zone.domain.repeatedBlocks -= Math.max(0, flight.charge - sentBlocks);
        }
        if (!child.have.has(range)) {
            if (child.counted) {
                loseCopy(child, range);
            }
            removeOfferable(child, range);
            if (child.wants && range < child.swarm.ranges) {
                child.open(range);
            }
            if (child.partial.has(range)) {
                impaired.add(child.peer);
                wakeDescendants(child, range);
            }
        }
        child.peer.refresh();
    }

    /// The range is all at the child but for its end: others may have the slots. No more at a time
    /// than the child has slots, whatever it says.
    void ending(Member child, int range) {
        Flight flight = child.flight(range);
        if (flight != null
                && flight.started
                && !flight.ending
                && child.peer.ending < child.peer.downloadLimit()) {
            flight.ending = true;
            child.peer.ending++;
            giveSlots(flight);
            wakeAtSlots(flight);
            child.peer.refresh();
        }
    }

    private void giveSlots(Flight flight) {
        flight.child.peer.usedDownload--;
        if (flight.parent != null) {
            flight.parent.peer.usedUpload--;
        } else if (!flight.crossing) {
            seed.used--;
        }
    }

    /// Whoever waits for a slot at either end of the flight may have it.
    private void wakeAtSlots(Flight flight) {
        wakes.hungry.add(flight.child.peer);
        if (flight.parent != null) {
            flight.parent.peer.refresh();
            wakes.freed.add(flight.parent.peer);
            wakes.offering.add(flight.parent.peer);
        } else if (!flight.crossing) {
            wakes.seedSlot = true;
        }
    }

    void started(Member member, int range) {
        if (member.have.has(range)) {
            return;
        }
        member.partial.add(range);
        Flight flight = member.flight(range);
        if (flight != null && !flight.started) {
            flight.started = true;
            flight.startedNanos = now;
            if (flight.parent == null && !flight.crossing) {
                seed.started(flight, now);
                wakes.seedSlot |= seed.free();
            }
            addOfferable(member, range);
            member.peer.refresh();
        }
    }

    void complete(Member member, int range) {
        if (!member.have.add(range)) {
            return;
        }
        member.partial.remove(range);
        Flight flight = member.flight(range);
        if (flight != null) {
            end(flight, Integer.MAX_VALUE);
        } else {
            member.close(range);
            if (member.counted) {
                member.zone.copies.add(range);
                member.zone.domain.copies.add(range);
            }
        }
        addOfferable(member, range);
        // A complete copy depends on nobody, so it and those made of it may go to where it came
        // from.
        wakes.offering.add(member.peer);
        wakeDescendants(member, range);
        member.peer.refresh();
    }

    /// A range is not here any more, or not begun: its bytes went bad. Those who fetch it from here
    /// get another parent.
    void lose(Member member, int range) {
        boolean had = member.have.remove(range);
        if (!had && !member.partial.remove(range)) {
            return;
        }
        Flight own = member.flight(range);
        if (own != null) {
            own.started = false;
        }
        removeOfferable(member, range);
        for (Flight flight : List.copyOf(member.serving)) {
            if (flight.range == range) {
                cancel(flight);
            }
        }
        if (had) {
            if (member.counted) {
                loseCopy(member, range);
            }
            if (member.wants) {
                member.open(range);
            }
        }
        wakes.hungry.add(member.peer);
        member.peer.refresh();
    }

    /// Those who have `range` from `member` depend on less than before, and may serve more.
    private void wakeDescendants(Member member, int range) {
        for (Flight flight : member.serving) {
            if (flight.range == range) {
                wakes.offering.add(flight.child.peer);
                wakeDescendants(flight.child, range);
            }
        }
    }

    private void addOfferable(Member member, int range) {
        if (member.offer(range)) {
            wakes.offering.add(member.peer);
            if (member.counted) {
                available(member, range);
            }
        }
    }

    private void available(Member member, int range) {
        Counts available = member.zone.domain.available;
        if (available.get(range) == 0) {
            // From now on the seed may repeat it.
            wakes.seed.add(member.swarm);
        }
        available.add(range);
    }

    void removeOfferable(Member member, int range) {
        if (member.withdraw(range) && member.counted) {
            member.zone.domain.available.remove(range);
        }
    }

    void loseCopy(Member member, int range) {
        Zone zone = member.zone;
        wakes.copiesLost = true;
        if (zone.copies.remove(range) && zone.place.limited()) {
            wakes.crossing.add(zone);
        }
        zone.domain.copies.remove(range);
        if (zone.domain.copies.get(range) <= 1) {
            // More of the budget is open to what is rare.
            wakes.seed.add(member.swarm);
        }
    }

    /// To be called whenever something changed that decides whether and how a peer serves.
    void reviewServing(PeerState peer) {
        for (Member member : peer.members) {
            recount(member, member.counts());
        }
        wakes.offering.add(peer);
        wakes.hungry.add(peer);
        peer.refresh();
    }

    /// A member says that it does not serve the version; what it fetches goes on.
    void deny(Member member) {
        member.denied = true;
        dropChildren(member, _ -> true);
        recount(member, false);
        member.refresh();
    }

    void recount(Member member, boolean counted) {
        if (member.counted == counted) {
            return;
        }
        member.counted = counted;
        for (int r = member.have.next(0); r >= 0; r = member.have.next(r + 1)) {
            countCopy(member, r, counted);
        }
        for (Flight flight : member.flights) {
            if (!member.have.has(flight.range)) {
                countCopy(member, flight.range, counted);
            }
        }
        RangeSet offerable = member.offerable;
        for (int r = offerable.next(0); r >= 0; r = offerable.next(r + 1)) {
            if (counted) {
                available(member, r);
            } else {
                member.zone.domain.available.remove(r);
            }
        }
    }

    private void countCopy(Member member, int range, boolean counted) {
        if (counted) {
            member.zone.copies.add(range);
            member.zone.domain.copies.add(range);
        } else {
            loseCopy(member, range);
        }
    }

    void dropFlights(Member member) {
        while (!member.flights.isEmpty()) {
            end(member.flights.getLast(), 0);
        }
    }

    void dropChildren(Member parent, Predicate<Flight> which) {
        for (Flight flight : List.copyOf(parent.serving)) {
            if (which.test(flight)) {
                end(flight, 0);
            }
        }
    }
}
