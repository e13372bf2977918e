// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.policy.Policy;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Stands between a supernode and its policy, keeps a book of its own about what was said, and
/// breaks the run where the policy offers what must not be offered: a range that the child has or
/// the parent lacks, to or from somebody who is not there, or more at a time than slots can be.
final class Watch {
    /// Slots are at most 16, and quick ranges make that four times as many.
    private static final int MOST_OF_A_PEER = 64;

    /// 256 of the seed, and crossings into IDCs.
    private static final int MOST_OF_THE_SEED = 1024;

    private Policy policy;
    private final Map<PeerId, Entry> peers = new HashMap<>();
    private final Map<VersionId, BitSet> seedHas = new HashMap<>();
    private final Entry seed = new Entry(PeerId.SEED);

    Watch(Policy policy) {
        this.policy = policy;
    }

    private static final class Entry {
        final PeerId id;
        final List<Membership> memberships = new ArrayList<>(1);
        final List<Flight> flights = new ArrayList<>(4);
        final List<Flight> serving = new ArrayList<>(4);

        /// Of those, how many are ending.
        int endingFlights;

        int endingServing;

        Entry(PeerId id) {
            this.id = id;
        }

        @Nullable Membership of(VersionId version) {
            for (Membership m : memberships) {
                if (m.version.equals(version)) {
                    return m;
                }
            }
            return null;
        }

        @Nullable Flight flight(VersionId version, int range) {
            for (Flight flight : flights) {
                if (flight.range == range && flight.version.equals(version)) {
                    return flight;
                }
            }
            return null;
        }
    }

    private static final class Membership {
        final VersionId version;
        final BitSet started = new BitSet();
        final BitSet done = new BitSet();

        Membership(VersionId version) {
            this.version = version;
        }
    }

    private static final class Flight {
        final Entry child;
        final Entry parent;
        final VersionId version;
        final int range;

        /// Takes no slots any more, as its child said.
        boolean ending;

        Flight(Entry child, Entry parent, VersionId version, int range) {
            this.child = child;
            this.parent = parent;
            this.version = version;
            this.range = range;
        }
    }

    int peers() {
        return peers.size();
    }

    /// The supernode is gone, and what it knew.
    void end() {
        peers.clear();
        seedHas.clear();
        seed.serving.clear();
        seed.endingServing = 0;
    }

    void replace(Watch fresh) {
        policy = fresh.policy;
    }

    List<Command> on(Event event, long now) {
        before(event);
        List<Command> commands = policy.on(event, now);
        for (int i = 0; i < commands.size(); i++) {
            after(commands.get(i));
        }
        return commands;
    }

    private void before(Event event) {
        switch (event) {
            case Event.PeerUp e -> {
                gone(e.peer());
                peers.put(e.peer(), new Entry(e.peer()));
            }
            case Event.PeerDown e -> gone(e.peer());
            case Event.SwarmOpened e -> seedHas.put(e.version(), new BitSet());
            case Event.SwarmClosed e -> closed(e.version());
            case Event.SeedHas e -> {
                BitSet has = seedHas.get(e.version());
                if (has != null) {
                    has.set(e.range());
                }
            }
            case Event.Joined e -> joined(e);
            case Event.Left e -> {
                Entry entry = peers.get(e.peer());
                if (entry != null) {
                    leave(entry, e.version());
                }
            }
            case Event.Started e -> {
                Membership m = membership(e.peer(), e.version());
                if (m != null) {
                    m.started.set(e.range());
                }
            }
            case Event.Done e -> {
                Membership m = membership(e.peer(), e.version());
                if (m != null) {
                    m.done.set(e.range());
                    end(peers.get(e.peer()), e.version(), e.range(), null);
                }
            }
            case Event.Ending e -> ending(e);
            case Event.Failed e -> end(peers.get(e.peer()), e.version(), e.range(), e.parent());
            case Event.Rechecked e -> {
                Membership m = membership(e.peer(), e.version());
                if (m != null) {
                    for (int range : e.lost()) {
                        m.started.clear(range);
                        m.done.clear(range);
                    }
                }
            }
            case Event.Reachable _,
                    Event.SlotsChanged _,
                    Event.LengthKnown _,
                    Event.Needs _,
                    Event.Slow _,
                    Event.Tick _ -> {}
        }
    }

    private void joined(Event.Joined e) {
        Entry entry = peers.get(e.peer());
        if (entry != null) {
            leave(entry, e.version());
            Membership m = new Membership(e.version());
            m.done.or(e.have());
            entry.memberships.add(m);
        }
    }

    private void after(Command command) {
        switch (command) {
            case Command.Offer offer -> offered(offer);
            case Command.Cancel c -> end(peers.get(c.peer()), c.version(), c.range(), c.parent());
            case Command.Recheck _,
                    Command.Isolated _,
                    Command.Blacklisted _,
                    Command.AtLimit _,
                    Command.WakeAt _ -> {}
        }
    }

    private void offered(Command.Offer offer) {
        int range = offer.range();
        Entry child = peers.get(offer.peer());
        Membership wants = membership(offer.peer(), offer.version());
        if (child == null || wants == null) {
            throw new BrokenInvariant("offer to who is not there: " + offer);
        }
        BrokenInvariant.unless(!wants.done.get(range), "offer of what the child has: %s", offer);
        Entry parent = offer.parent().isSeed() ? seed : peers.get(offer.parent());
        if (!policy.noticesWhoIsGone()
                && (parent == null || !has(parent, offer.version(), range))) {
            return;
        }
        if (parent == null) {
            throw new BrokenInvariant("offer from who is not there: " + offer);
        }
        BrokenInvariant.unless(
                has(parent, offer.version(), range), "offer of what the parent lacks: %s", offer);
        end(child, offer.version(), range, null);
        Flight flight = new Flight(child, parent, offer.version(), range);
        child.flights.add(flight);
        parent.serving.add(flight);
        int most = offer.parent().isSeed() ? MOST_OF_THE_SEED : MOST_OF_A_PEER;
        BrokenInvariant.unless(
                parent.serving.size() - parent.endingServing <= most,
                "%d flights from one parent, %d of them ending: %s",
                parent.serving.size(),
                parent.endingServing,
                offer);
        BrokenInvariant.unless(
                child.flights.size() - child.endingFlights
                        <= MOST_OF_A_PEER + child.memberships.size(),
                "%d flights to one peer, %d of them ending: %s",
                child.flights.size(),
                child.endingFlights,
                offer);
    }

    private boolean has(Entry parent, VersionId version, int range) {
        if (parent.id.isSeed()) {
            BitSet has = seedHas.get(version);
            return has != null && has.get(range);
        }
        Membership m = parent.of(version);
        return m != null && (m.done.get(range) || m.started.get(range));
    }

    private @Nullable Membership membership(PeerId peer, VersionId version) {
        Entry entry = peers.get(peer);
        return entry == null ? null : entry.of(version);
    }

    /// @param parent only a flight from there; null for any
    private static void end(
            @Nullable Entry child, VersionId version, int range, @Nullable PeerId parent) {
        Flight flight = child == null ? null : child.flight(version, range);
        if (child != null
                && flight != null
                && (parent == null || parent.equals(flight.parent.id))) {
            child.flights.remove(flight);
            flight.parent.serving.remove(flight);
            if (flight.ending) {
                child.endingFlights--;
                flight.parent.endingServing--;
            }
        }
    }

    /// No more than a peer has slots can be ending.
    private void ending(Event.Ending e) {
        Entry child = peers.get(e.peer());
        Flight flight = child == null ? null : child.flight(e.version(), e.range());
        if (child != null
                && flight != null
                && !flight.ending
                && child.endingFlights < MOST_OF_A_PEER) {
            flight.ending = true;
            child.endingFlights++;
            flight.parent.endingServing++;
        }
    }

    private void gone(PeerId peer) {
        Entry entry = peers.remove(peer);
        if (entry != null) {
            for (Membership m : List.copyOf(entry.memberships)) {
                leave(entry, m.version);
            }
        }
    }

    private static void leave(Entry entry, VersionId version) {
        entry.memberships.removeIf(m -> m.version.equals(version));
        for (Flight flight : List.copyOf(entry.flights)) {
            if (flight.version.equals(version)) {
                end(entry, version, flight.range, null);
            }
        }
        for (Flight flight : List.copyOf(entry.serving)) {
            if (flight.version.equals(version)) {
                end(flight.child, version, flight.range, entry.id);
            }
        }
    }

    private void closed(VersionId version) {
        seedHas.remove(version);
        for (Entry entry : peers.values()) {
            leave(entry, version);
        }
    }
}
