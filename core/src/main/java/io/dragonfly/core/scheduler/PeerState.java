// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is known of a peer apart from its swarms. Slots are per peer, over all versions.
final class PeerState {
    final PeerId id;
    final Placement placement;
    final Place place;
    final Complaints complaints = new Complaints();

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

    /// How often the upload slots are halved at present.
    int halvings;

    boolean paused;

    /// Served by the seed alone, serves nobody.
    boolean isolated;

    boolean isolatedForBytes;
    long isolatedUntilNanos;

    /// On the global blacklist: offered to nobody.
    boolean blacklisted;

    boolean gone;

    /// Smoothed time of a range from the offer to its end; 0 for unknown.
    long usualNanos;

    /// Rotates over [#members].
    int turn;

    PeerState(PeerId id, Placement placement, Place place) {
        this.id = id;
        this.placement = placement;
        this.place = place;
    }

    /// A parent that is not offered to this peer.
    static final class Exclusion {
        int strikes;
        long untilNanos;
        boolean active;
    }

    boolean mayServe() {
        return serves && !isolated && !blacklisted && !gone;
    }

    int uploadLimit() {
        return uploadSlots == 0 ? 0 : Math.max(1, uploadSlots >> halvings);
    }

    int freeUpload() {
        return mayServe() ? Math.max(0, uploadLimit() - usedUpload) : 0;
    }

    int freeDownload() {
        return paused || gone ? 0 : Math.max(0, downloadSlots - usedDownload);
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
