// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The part of a swarm in one [Place].
final class Zone {
    /// The part of a swarm in one security domain.
    static final class Domain {
        final String name;
        final List<Zone> zones = new ArrayList<>();

        /// Copies held or in flight at members that serve.
        final Counts copies = new Counts();

        /// Copies that can be offered, at members that serve.
        final Counts available = new Counts();

        /// Blocks that the seed was asked for although peers have them.
        long repeatedBlocks;

        Domain(String name) {
            this.name = name;
        }
    }

    /// The members of a zone on one rack or the like.
    static final class Group {
        final Pool free = new Pool(Pool.FREE_IN_GROUP);
        final Pool waiting = new Pool(Pool.WAITING_IN_GROUP);
        int members;
    }

    final Swarm swarm;
    final Place place;
    final Domain domain;

    /// Members that have something, serve, and have a free upload slot.
    final Pool free = new Pool(Pool.FREE_IN_ZONE);

    /// Members that lack something nobody fetches for them, and have a free download slot.
    final Pool waiting = new Pool(Pool.WAITING_IN_ZONE);

    final Map<String, Group> groups = new LinkedHashMap<>();

    /// Copies held or in flight here at members that serve.
    final Counts copies = new Counts();

    /// What the members in [#free] can offer, and what those in [#waiting] lack: where these do not meet
    /// there is nothing to look for.
    final Counts offered = new Counts();

    final Counts wanted = new Counts();

    int members;

    Zone(Swarm swarm, Place place, Domain domain) {
        this.swarm = swarm;
        this.place = place;
        this.domain = domain;
    }
}
