// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

/// Who is in which swarm, with what: joining, joining again, leaving, and ranges that come into
/// being.
final class Roster {
    private final State state;

    Roster(State state) {
        this.state = state;
    }

    /// Takes a peer into a swarm, or replaces what was known of it there.
    void join(PeerState peer, Swarm swarm, RangeSet have, Wish wish, int next, int window) {
        Member member = swarm.member(peer.id);
        if (member == null) {
            member = enter(peer, swarm);
        } else {
            state.dropChildren(member, flight -> !have.has(flight.range));
            state.dropFlights(member);
            forget(member);
        }
        member.have = have;
        member.wish(wish);
        member.next = next;
        member.window = window;
        member.denied = false;
        for (int r = have.next(0); r >= 0; r = have.next(r + 1)) {
            member.offer(r);
        }
        openUpTo(member, 0, swarm.ranges);
        state.recount(member, member.counts());
        member.refresh();
        state.wakes.offering.add(peer);
        state.wakes.hungry.add(peer);
    }

    private Member enter(PeerState peer, Swarm swarm) {
        Zone zone = zone(swarm, peer.place);
        String groupName = peer.placement.hostGroup();
        Zone.Group group = null;
        if (!groupName.isEmpty()) {
            group = zone.groups.computeIfAbsent(groupName, _ -> new Zone.Group());
            group.members++;
        }
        zone.members++;
        Member member = new Member(peer, swarm, zone, group);
        swarm.members.put(peer.id, member);
        peer.members.add(member);
        return member;
    }

    /// Takes content and wishes away, so that nothing of the member is counted anywhere.
    private void forget(Member member) {
        state.recount(member, false);
        for (int r = member.open.next(0); r >= 0; r = member.open.next(r + 1)) {
            member.close(r);
        }
        for (int r = member.offerable.next(0); r >= 0; r = member.offerable.next(r + 1)) {
            member.withdraw(r);
        }
        member.partial.clear();
    }

    /// The reader got further: what comes into its window is wanted from now on.
    void needs(Member member, int next) {
        int before = member.takesUpTo();
        member.next = member.window == 0 ? next : Math.max(member.next, next);
        if (member.window > 0) {
            openUpTo(member, before, member.swarm.ranges);
        }
    }

    /// The peer wants more, or less. What is on its way comes nevertheless.
    void wishes(Member member, Wish wish) {
        member.wish(wish);
        for (int r = member.open.next(0); r >= 0; r = member.open.next(r + 1)) {
            if (!member.takes(r)) {
                member.close(r);
            }
        }
        openUpTo(member, 0, member.swarm.ranges);
        member.refresh();
    }

    /// New ranges came into being, or into a window.
    void openUpTo(Member member, int from, int to) {
        if (!member.wants) {
            return;
        }
        for (int r = from; r < Math.min(to, member.takesUpTo()); r++) {
            if (member.takes(r) && !member.holdsOrFetches(r)) {
                member.open(r);
            }
        }
        member.refresh();
        state.wakes.hungry.add(member.peer);
    }

    /// The number of ranges became known. Nothing beyond it is on its way any more.
    void limitRanges(Swarm swarm, int ranges) {
        for (Member member : swarm.members.values()) {
            for (int r = ranges; r < swarm.ranges; r++) {
                member.close(r);
                if (member.have.has(r)) {
                    if (member.counted) {
                        state.loseCopy(member, r);
                    }
                    member.have.remove(r);
                }
                member.partial.remove(r);
                state.removeOfferable(member, r);
            }
            member.refresh();
        }
        for (int r = ranges; r < swarm.ranges; r++) {
            swarm.seedHas.remove(r);
        }
        swarm.ranges = ranges;
    }

    private Zone zone(Swarm swarm, Place place) {
        Zone zone = swarm.zones.get(place);
        if (zone == null) {
            Zone.Domain domain = swarm.domains.computeIfAbsent(place.domain, Zone.Domain::new);
            zone = new Zone(swarm, place, domain);
            domain.zones.add(zone);
            place.zones.add(zone);
            swarm.zones.put(place, zone);
        }
        return zone;
    }

    /// Takes a member out; those who fetched from it lack those ranges again.
    void leave(Member member) {
        state.dropChildren(member, _ -> true);
        state.dropFlights(member);
        forget(member);
        member.gone = true;
        member.refresh();
        member.peer.members.remove(member);
        member.swarm.members.remove(member.peer.id);
        Zone zone = member.zone;
        if (member.group != null && --member.group.members == 0) {
            zone.groups.remove(member.peer.placement.hostGroup());
        }
        if (--zone.members == 0) {
            Zone.Domain domain = zone.domain;
            member.swarm.zones.remove(zone.place);
            zone.place.zones.remove(zone);
            domain.zones.remove(zone);
            state.wakes.crossing.remove(zone);
            if (domain.zones.isEmpty()) {
                member.swarm.domains.remove(domain.name);
            }
        }
    }
}
