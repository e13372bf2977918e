// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.Check;

import java.util.ArrayList;

/// A set of members with constant-time add and remove and a place for each, so that a look can
/// start anywhere. The order depends on nothing but the history of calls.
final class Pool {
    // What a pool is for: a member remembers its place in one pool of each kind.
    static final int FREE_IN_ZONE = 0;
    static final int FREE_IN_GROUP = 1;
    static final int WAITING_IN_ZONE = 2;
    static final int WAITING_IN_GROUP = 3;
    static final int KINDS = 4;

    private final int kind;
    private final ArrayList<Member> members = new ArrayList<>();

    Pool(int kind) {
        this.kind = kind;
    }

    int size() {
        return members.size();
    }

    Member get(int index) {
        return members.get(index);
    }

    /// Puts `member` in or takes it out; nothing happens where that is so already.
    void put(Member member, boolean in) {
        int[] places = member.places;
        int place = places[kind];
        if (in == place >= 0) {
            return;
        }
        if (in) {
            places[kind] = members.size();
            members.add(member);
            return;
        }
        Check.that(members.get(place) == member, "a member is not where it should be");
        Member last = members.removeLast();
        if (last != member) {
            members.set(place, last);
            last.places[kind] = place;
        }
        places[kind] = -1;
    }
}
