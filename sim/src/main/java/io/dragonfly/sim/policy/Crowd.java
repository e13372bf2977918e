// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import static java.util.Objects.requireNonNull;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.Command;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// The hosts around one content, for [RandomChoice].
final class Crowd {
    /// A host or the seed, over all contents.
    static final class Host {
        final PeerId id;
        final Set<Crowd> crowds = new LinkedHashSet<>();
        boolean serves;
        int downloadSlots;
        int uploadSlots;
        private int down;
        private int up;

        Host(PeerId id, boolean serves, int downloadSlots, int uploadSlots) {
            this.id = id;
            this.serves = serves;
            this.downloadSlots = downloadSlots;
            this.uploadSlots = uploadSlots;
        }

        boolean canGive() {
            return serves && up < uploadSlots;
        }
    }

    /// A host here. The seed is one too, that has no use for most of this.
    private static final class Member {
        final Host host;
        final BitSet done = new BitSet();
        final BitSet started = new BitSet();
        final Map<Integer, Member> flights = new LinkedHashMap<>();
        final Map<PeerId, Long> excluded = new LinkedHashMap<>();
        boolean wants;
        boolean keepsNothing;

        /// Its place in the list of those who wait, or -1.
        int waits = -1;

        Member(Host host) {
            this.host = host;
        }

        boolean has(int range) {
            return done.get(range) || started.get(range);
        }

        boolean lacks(int range) {
            return !done.get(range) && !flights.containsKey(range);
        }
    }

    private final VersionId version;
    private final RandomGenerator random;
    private final int candidates;
    private final Member seed;
    private final Map<PeerId, Member> members = new LinkedHashMap<>();
    private final List<Member> waiting = new ArrayList<>();
    private final List<Holders<Member>> holders = new ArrayList<>();
    private Geometry geometry;

    Crowd(VersionId version, Geometry geometry, Host seed, int candidates, RandomGenerator random) {
        this.version = version;
        this.geometry = geometry;
        this.seed = new Member(seed);
        this.candidates = candidates;
        this.random = random;
    }

    boolean someWait() {
        return !waiting.isEmpty();
    }

    void seedHas(int range) {
        if (!seed.done.get(range)) {
            seed.done.set(range);
            holders(range).add(seed);
            members.values().forEach(this::review);
        }
    }

    /// Returns who can give more now.
    List<Host> lengthKnown(long length, List<Command> out) {
        geometry = geometry.withLength(length);
        List<Host> freed = new ArrayList<>();
        for (Member member : members.values()) {
            for (Map.Entry<Integer, Member> flight : List.copyOf(member.flights.entrySet())) {
                if (flight.getKey() >= geometry.ranges()) {
                    PeerId from = flight.getValue().host.id;
                    out.add(new Command.Cancel(member.host.id, version, flight.getKey(), from));
                    freed.add(land(member, flight.getKey()));
                }
            }
            review(member);
        }
        return freed;
    }

    void join(Host host, BitSet have, boolean wants, boolean keepsNothing) {
        Member member = new Member(host);
        member.wants = wants;
        member.keepsNothing = keepsNothing;
        members.put(host.id, member);
        host.crowds.add(this);
        member.done.or(have);
        if (!keepsNothing) {
            have.stream().forEach(range -> holders(range).add(member));
        }
        review(member);
    }

    /// Returns who can give more now. What it gave is on its way until the others say otherwise.
    List<Host> leave(PeerId peer) {
        Member member = members.remove(peer);
        if (member == null) {
            return List.of();
        }
        List<Host> freed = new ArrayList<>();
        for (Integer range : List.copyOf(member.flights.keySet())) {
            freed.add(land(member, range));
        }
        member.done.clear();
        member.started.clear();
        member.wants = false;
        review(member);
        member.host.crowds.remove(this);
        return freed;
    }

    void close() {
        List.copyOf(members.keySet()).forEach(this::leave);
        members.clear();
    }

    /// False where that says nothing new.
    boolean started(PeerId peer, int range) {
        Member member = members.get(peer);
        if (member == null || member.has(range) || member.keepsNothing) {
            return false;
        }
        member.started.set(range);
        holders(range).add(member);
        return true;
    }

    /// Returns who can give more now.
    List<Host> done(PeerId peer, int range) {
        Member member = members.get(peer);
        if (member == null) {
            return List.of();
        }
        List<Host> freed =
                member.flights.containsKey(range) ? List.of(land(member, range)) : List.of();
        if (!member.has(range) && !member.keepsNothing) {
            holders(range).add(member);
        }
        member.started.clear(range);
        member.done.set(range);
        review(member);
        return freed;
    }

    /// Returns who can give more now.
    List<Host> failed(PeerId peer, int range, PeerId parent, long until) {
        Member member = members.get(peer);
        Member from = member == null ? null : member.flights.get(range);
        if (member == null || from == null || !from.host.id.equals(parent)) {
            return List.of();
        }
        member.excluded.put(parent, until);
        Host freed = land(member, range);
        review(member);
        return List.of(freed);
    }

    void lost(PeerId peer, List<Integer> ranges) {
        Member member = members.get(peer);
        if (member != null) {
            ranges.forEach(member.done::clear);
            ranges.forEach(member.started::clear);
            review(member);
        }
    }

    /// Gives slots of `host` to some who wait.
    void give(Host host, long now, List<Command> out) {
        Member parent = host == seed.host ? seed : members.get(host.id);
        if (parent == null) {
            return;
        }
        int looked = 0;
        while (host.canGive() && looked++ < candidates && !waiting.isEmpty()) {
            Member child = waiting.get(random.nextInt(waiting.size()));
            int range = child == parent ? -1 : rangeFor(child, parent, now);
            if (range >= 0) {
                fly(child, range, parent, out);
            }
        }
    }

    /// Fills the free slots of a host as far as it finds who can give.
    void choose(PeerId peer, long now, List<Command> out) {
        Member child = members.get(peer);
        review(child);
        while (child != null && child.waits >= 0 && chooseOne(child, now, out)) {
            // The next slot.
        }
    }

    void chooseAll(long now, List<Command> out) {
        for (Member child : List.copyOf(waiting)) {
            child.excluded.values().removeIf(until -> until <= now);
            choose(child.host.id, now, out);
        }
    }

    private boolean chooseOne(Member child, long now, List<Command> out) {
        int count = ranges();
        int start = random.nextInt(count);
        int looked = 0;
        for (int i = 0; i < count && looked < candidates; i++) {
            int range = (start + i) % count;
            if (child.lacks(range)) {
                looked++;
                Member parent = parentFor(child, range, now);
                if (parent != null) {
                    fly(child, range, parent, out);
                    return true;
                }
            }
        }
        return false;
    }

    private @Nullable Member parentFor(Member child, int range, long now) {
        return holders(range)
                .any(
                        random,
                        candidates,
                        p -> p.has(range),
                        p -> p.host.canGive() && admissible(child, range, p, now));
    }

    /// A range of the parent's that the child lacks, or -1.
    private int rangeFor(Member child, Member parent, long now) {
        int count = ranges();
        int start = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            int range = (start + i) % count;
            if (parent.has(range) && child.lacks(range) && admissible(child, range, parent, now)) {
                return range;
            }
        }
        return -1;
    }

    private static boolean admissible(Member child, int range, Member parent, long now) {
        Long until = child.excluded.get(parent.host.id);
        return child != parent
                && (until == null || until <= now)
                && (parent.done.get(range) || !child.started.get(range));
    }

    private void fly(Member child, int range, Member parent, List<Command> out) {
        child.flights.put(range, parent);
        child.host.down++;
        parent.host.up++;
        child.host.crowds.forEach(crowd -> crowd.review(crowd.members.get(child.host.id)));
        int block = geometry.firstBlockOfRange(range);
        out.add(new Command.Offer(child.host.id, version, range, block, parent.host.id));
    }

    /// A range is not on its way any more; from whom it came.
    private Host land(Member child, int range) {
        Member parent = requireNonNull(child.flights.remove(range));
        child.host.down--;
        parent.host.up--;
        child.host.crowds.forEach(crowd -> crowd.review(crowd.members.get(child.host.id)));
        return parent.host;
    }

    /// Whether it waits: it has a free slot and lacks what is not on its way.
    private void review(@Nullable Member member) {
        if (member == null) {
            return;
        }
        boolean waits =
                member.wants
                        && member.host.down < member.host.downloadSlots
                        && member.done.cardinality() + member.flights.size() < ranges();
        if (waits && member.waits < 0) {
            member.waits = waiting.size();
            waiting.add(member);
        } else if (!waits && member.waits >= 0) {
            Member last = waiting.removeLast();
            if (last != member) {
                waiting.set(member.waits, last);
                last.waits = member.waits;
            }
            member.waits = -1;
        }
    }

    private int ranges() {
        return geometry.lengthKnown() ? geometry.ranges() : holders.size();
    }

    private Holders<Member> holders(int range) {
        while (holders.size() <= range) {
            holders.add(new Holders<>());
        }
        return holders.get(range);
    }
}
