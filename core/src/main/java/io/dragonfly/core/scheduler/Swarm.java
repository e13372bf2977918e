// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/// One version and those who have it or want it.
final class Swarm {
    final VersionId version;
    Geometry geometry;

    /// Ranges that exist as far as is known.
    int ranges;

    /// Blocks of those ranges.
    long blocks;

    final RangeSet seedHas = new RangeSet();
    final Map<PeerId, Member> members = new LinkedHashMap<>();
    final Map<Place, Zone> zones = new LinkedHashMap<>();
    final Map<String, Zone.Domain> domains = new LinkedHashMap<>();

    Swarm(VersionId version, Geometry geometry) {
        this.version = version;
        this.geometry = geometry;
        if (geometry.lengthKnown()) {
            ranges = geometry.ranges();
            blocks = geometry.blocks();
        }
    }

    int firstBlock(int range) {
        return geometry.firstBlockOfRange(range);
    }

    int endBlock(int range) {
        return geometry.endBlockOfRange(range);
    }

    boolean waiting() {
        for (Zone zone : zones.values()) {
            if (zone.waiting.size() > 0) {
                return true;
            }
        }
        return false;
    }

    @Nullable Member member(PeerId peer) {
        return members.get(peer);
    }
}
