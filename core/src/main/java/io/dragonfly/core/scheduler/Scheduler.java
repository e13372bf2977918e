// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Decides which peer fetches which range from whom, for all versions of one supernode.
///
/// A state machine: what happens goes in, what is to be done comes out. It has no clock, thread or
/// I/O, and the same events with the same random source give the same commands. After every event
/// this holds: no peer waits for a range that an admissible parent with a free slot could give it.
/// The rules and their reasons are in `docs/design/scheduling.md`.
///
/// Not thread-safe: one owner calls it. What does not fit (an unknown peer or version, a flight
/// that is over) is ignored, because messages cross on their way.
public final class Scheduler {
    private final State state;
    private final Roster roster;
    private final Choice choice;
    private final Accusations accusations;
    private final Blame blame;
    private final Late late;

    /// From the command until the tick that follows it, even where other events of that time come
    /// first: the owner has one wake-up at a time, and would not keep another that he is told then.
    private boolean wakePending;

    private long wakeNanos;

    public Scheduler(SchedulerSettings settings, RandomGenerator random) {
        state = new State(settings, random);
        roster = new Roster(state);
        choice = new Choice(state);
        accusations = new Accusations(state);
        blame = new Blame(state, accusations);
        late = new Late(state);
    }

    /// Takes in what happened, and says what to do, in this order.
    ///
    /// @param nowNanos a clock that never goes back
    public List<Command> on(Event event, long nowNanos) {
        state.now = nowNanos;
        handle(event);
        Runnable due = state.timers.due(nowNanos);
        while (due != null) {
            due.run();
            due = state.timers.due(nowNanos);
        }
        choice.settle();
        requestWake();
        List<Command> commands = List.copyOf(state.out);
        state.out.clear();
        return commands;
    }

    /// How many failures were reported by somebody who was not fetching that from there.
    public long ignoredComplaints() {
        return state.ignoredComplaints;
    }

    /// For tests, which count everything again.
    State state() {
        return state;
    }

    private void handle(Event event) {
        switch (event) {
            case Event.PeerUp e -> peerUp(e);
            case Event.Reachable e -> reachable(e);
            case Event.SlotsChanged e -> slotsChanged(e);
            case Event.PeerDown e -> peerDown(e.peer());
            case Event.SwarmOpened e -> swarmOpened(e);
            case Event.LengthKnown e -> lengthKnown(e);
            case Event.SwarmClosed e -> swarmClosed(e.version());
            case Event.SeedHas e -> seedHas(e);
            case Event.Joined e -> joined(e);
            case Event.Left e -> {
                Member member = member(e.peer(), e.version());
                if (member != null) {
                    roster.leave(member);
                }
            }
            case Event.Started e -> {
                Member member = member(e.peer(), e.version(), e.range());
                if (member != null) {
                    state.started(member, e.range());
                }
            }
            case Event.Done e -> done(e);
            case Event.Ending e -> {
                Member member = member(e.peer(), e.version(), e.range());
                if (member != null) {
                    state.ending(member, e.range());
                }
            }
            case Event.Needs e -> {
                Member member = member(e.peer(), e.version());
                if (member != null) {
                    roster.needs(member, Math.max(0, e.next()));
                    if (e.wish() != null) {
                        roster.wishes(member, e.wish());
                    }
                }
            }
            case Event.Failed e -> {
                Member member = member(e.peer(), e.version(), e.range());
                if (member != null) {
                    blame.failed(member, e);
                }
            }
            case Event.Rechecked e -> {
                Member member = member(e.peer(), e.version());
                if (member != null && e.firstBlock() >= 0) {
                    accusations.rechecked(member, e);
                }
            }
            case Event.Slow e -> {
                Member member = member(e.peer(), e.version(), e.range());
                if (member != null) {
                    late.slow(member, e);
                }
            }
            case Event.Tick _ -> wakePending &= state.now - wakeNanos < 0;
        }
    }

    private void reachable(Event.Reachable e) {
        PeerState peer = state.peers.get(e.peer());
        if (peer != null) {
            peer.serves = e.serves();
            state.reviewServing(peer);
        }
    }

    private @Nullable Member member(PeerId peer, VersionId version) {
        Swarm swarm = state.swarms.get(version);
        return swarm == null ? null : swarm.member(peer);
    }

    /// Null also where the version has no such range.
    private @Nullable Member member(PeerId peer, VersionId version, int range) {
        Member member = member(peer, version);
        return member == null || range < 0 || range >= member.swarm.ranges ? null : member;
    }

    private void peerUp(Event.PeerUp e) {
        Check.argument(!e.peer().isSeed(), "the seed is not a peer");
        peerDown(e.peer());
        if (state.peers.size() >= state.settings.maxPeers()) {
            state.out.add(new Command.AtLimit("peers", state.settings.maxPeers()));
            return;
        }
        Placement placement = e.placement();
        Place place =
                state.places.computeIfAbsent(
                        new Placement("", placement.idc(), placement.securityDomain()),
                        p -> new Place(p.securityDomain(), p.idc(), state.settings.crossings()));
        place.peers++;
        Complaints before = state.former.recall(e.host(), e.address(), state.now);
        PeerState peer = new PeerState(e, place, before);
        peer.serves = e.serves();
        peer.downloadSlots = state.settings.downloadSlots();
        peer.uploadSlots = state.settings.uploadSlots();
        state.peers.put(peer.id, peer);
        accusations.resume(peer);
    }

    private void peerDown(PeerId id) {
        PeerState peer = state.peers.remove(id);
        if (peer == null) {
            return;
        }
        for (Member member : List.copyOf(peer.members)) {
            roster.leave(member);
        }
        peer.gone = true;
        state.former.remember(peer, state.now);
        state.impaired.remove(peer);
        Place place = peer.place;
        if (--place.peers == 0) {
            state.places.remove(new Placement("", place.idc, place.domain));
        }
    }

    private void slotsChanged(Event.SlotsChanged e) {
        if (e.peer().isSeed()) {
            state.seed.fix(e.upload());
            state.wakes.seedSlot = true;
            return;
        }
        PeerState peer = state.peers.get(e.peer());
        if (peer == null) {
            return;
        }
        peer.downloadSlots = Math.clamp(e.download(), 1, state.settings.maxSlots());
        peer.uploadSlots = Math.clamp(e.upload(), 0, state.settings.maxSlots());
        state.reviewServing(peer);
    }

    private void swarmOpened(Event.SwarmOpened e) {
        if (state.swarms.containsKey(e.version())) {
            return;
        }
        if (state.swarms.size() >= state.settings.maxSwarms()) {
            state.out.add(new Command.AtLimit("versions", state.settings.maxSwarms()));
            return;
        }
        Swarm swarm = new Swarm(e.version(), e.geometry());
        state.swarms.put(e.version(), swarm);
        state.swarmList.add(swarm);
    }

    private void lengthKnown(Event.LengthKnown e) {
        Swarm swarm = state.swarms.get(e.version());
        if (swarm == null || swarm.geometry.lengthKnown()) {
            return;
        }
        Geometry geometry = swarm.geometry.withLength(e.length());
        swarm.geometry = geometry;
        swarm.blocks = geometry.blocks();
        int ranges = geometry.ranges();
        for (Member member : swarm.members.values()) {
            for (Flight flight : List.copyOf(member.flights)) {
                if (flight.range >= ranges) {
                    state.cancel(flight);
                }
            }
        }
        int before = swarm.ranges;
        roster.limitRanges(swarm, ranges);
        for (Member member : swarm.members.values()) {
            roster.openUpTo(member, before, ranges);
        }
        state.wakes.seed.add(swarm);
    }

    private void swarmClosed(VersionId version) {
        Swarm swarm = state.swarms.get(version);
        if (swarm == null) {
            return;
        }
        for (Member member : new ArrayList<>(swarm.members.values())) {
            roster.leave(member);
        }
        state.swarms.remove(version);
        state.swarmList.remove(swarm);
        state.wakes.seed.remove(swarm);
    }

    private void seedHas(Event.SeedHas e) {
        Swarm swarm = state.swarms.get(e.version());
        if (swarm == null || e.range() < 0) {
            return;
        }
        if (e.range() >= swarm.ranges) {
            if (swarm.geometry.lengthKnown()) {
                return;
            }
            int before = swarm.ranges;
            swarm.ranges = e.range() + 1;
            swarm.blocks = swarm.endBlock(e.range());
            for (Member member : swarm.members.values()) {
                roster.openUpTo(member, before, swarm.ranges);
            }
        }
        if (swarm.seedHas.add(e.range())) {
            state.wakes.seed.add(swarm);
            state.wakeImpaired(null);
        }
    }

    private void joined(Event.Joined e) {
        PeerState peer = state.peers.get(e.peer());
        Swarm swarm = state.swarms.get(e.version());
        if (peer == null || swarm == null) {
            return;
        }
        if (swarm.member(e.peer()) == null
                && peer.members.size() >= state.settings.maxSwarmsPerPeer()) {
            state.out.add(
                    new Command.AtLimit("versions of a peer", state.settings.maxSwarmsPerPeer()));
            return;
        }
        roster.join(
                peer,
                swarm,
                RangeSet.of(e.have(), swarm.ranges),
                e.wish(),
                Math.max(0, e.next()),
                Math.max(0, e.window()));
    }

    private void done(Event.Done e) {
        Member member = member(e.peer(), e.version(), e.range());
        if (member == null) {
            return;
        }
        Flight flight = member.flight(e.range());
        if (flight != null) {
            long took = state.now - flight.offeredNanos;
            PeerState peer = member.peer;
            peer.usualNanos = PeerState.smoothed(peer.usualNanos, took);
            if (flight.crossing) {
                peer.place.crossed(took, state.settings);
            }
            if (flight.parent != null) {
                PeerState parent = flight.parent.peer;
                parent.usualServedNanos = PeerState.smoothed(parent.usualServedNanos, took);
            } else if (!flight.crossing) {
                state.seed.completed(took);
            }
            blame.succeeded(peer, Blame.parentId(flight));
        }
        state.complete(member, e.range());
        late.watch(member);
    }

    private void requestWake() {
        if (state.timers.isEmpty()) {
            return;
        }
        long first = state.timers.first();
        if (!wakePending || first - wakeNanos < 0) {
            wakePending = true;
            wakeNanos = first;
            state.out.add(new Command.WakeAt(first));
        }
    }
}
