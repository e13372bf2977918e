// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is known of a peer apart from its swarms. Slots are per peer, over all versions.
final class PeerState {
    private static final long QUICK_NANOS = 300_000_000;
    private static final int MAX_BOOST = 4;

    final PeerId id;

    /// Where its stream comes from, and where it serves; see [Event.PeerUp].
    final String host;

    final String address;
    final Placement placement;
    final Place place;
    final Complaints complaints;

    /// Memberships; the first is the next to get a slot.
    final List<Member> members = new ArrayList<>(2);

    /// Parents that it failed with lately, by their id; [PeerId#SEED] for the seed.
    final Map<PeerId, Exclusion> exclusions = new LinkedHashMap<>();

    int activeExclusions;
    boolean serves;
    int downloadSlots;
    int uploadSlots;
    int usedDownload;
    int usedUpload;

    /// Of what it fetches, how much takes no slots any more.
    int ending;

    /// How often the upload slots are halved at present.
    int halvings;

    boolean paused;

    /// Serves nobody. See [#seedOnly].
    boolean isolated;

    /// For what it served. It may fetch from peers like anybody: a fifth of a swarm that only the
    /// seed serves would take all of the seed.
    boolean isolatedForBytes;

    /// On the global blacklist: offered to nobody.
    boolean blacklisted;

    boolean gone;

    /// Smoothed time of a range from the offer to its end; 0 for unknown.
    long usualNanos;

    /// The same of the ranges that it served.
    long usualServedNanos;

    /// Rotates over [#members].
    int turn;

    PeerState(Event.PeerUp up, Place place, Complaints complaints) {
        this.id = up.peer();
        this.host = up.host();
        this.address = up.address();
        this.placement = up.placement();
        this.place = place;
        this.complaints = complaints;
    }

    /// A parent that is not offered to this peer.
    static final class Exclusion {
        int strikes;
        long untilNanos;
        boolean active;
    }

    /// Whether only the seed serves it: it failed with too many others.
    boolean seedOnly() {
        return isolated && !isolatedForBytes;
    }

    boolean mayServe() {
        return serves && !isolated && !blacklisted && !gone;
    }

    /// Takes in how long a range took that this peer fetched or served. Where ranges are quick, the
    /// time from the end of one to the offer of the next would leave the link idle: then there are
    /// more slots, up to [#MAX_BOOST] times.
    static long smoothed(long usual, long took) {
        return usual == 0 ? took : (7 * usual + took) / 8;
    }

    static double boost(long usual) {
        return usual == 0 ? 1 : Math.clamp((double) QUICK_NANOS / usual, 1, MAX_BOOST);
    }

    int downloadLimit() {
        return (int) (downloadSlots * boost(usualNanos));
    }

    int uploadLimit() {
        if (uploadSlots == 0) {
            return 0;
        }
        return Math.max(1, (int) (uploadSlots * boost(usualServedNanos)) >> halvings);
    }

    int freeUpload() {
        return mayServe() ? Math.max(0, uploadLimit() - usedUpload) : 0;
    }

    /// Whether it can be given anything at all.
    boolean active() {
        return !paused && !gone;
    }

    int freeDownload() {
        return active() ? Math.max(0, downloadLimit() - usedDownload) : 0;
    }

    /// What one more flight would find: the inverse of its share of the upload slots.
    int load() {
        return (usedUpload + 1) * 1024 / Math.max(1, uploadLimit());
    }

    boolean excludes(PeerId parent) {
        if (activeExclusions == 0) {
            return false;
        }
        Exclusion exclusion = exclusions.get(parent);
        return exclusion != null && exclusion.active;
    }

    @Nullable Member member(Swarm swarm) {
        for (Member member : members) {
            if (member.swarm == swarm) {
                return member;
            }
        }
        return null;
    }

    void refresh() {
        for (int i = 0; i < members.size(); i++) {
            members.get(i).refresh();
        }
    }

    @Override
    public String toString() {
        return id.value();
    }
}
