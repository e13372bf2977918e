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

    /// What the members in [#free] can offer, and what those in [#waiting] lack: where these do not
    /// meet there is nothing to look for.
    final Tally offered = new Tally();

    final Tally wanted = new Tally();

    int members;

    Zone(Swarm swarm, Place place, Domain domain) {
        this.swarm = swarm;
        this.place = place;
        this.domain = domain;
    }

    /// Whether somebody waits here for what the seed has and no peer of the domain.
    boolean lacksWhatOnlyTheSeedHas() {
        RangeSet want = wanted.some();
        for (int i = 0; i < want.wordCount(); i++) {
            if ((want.word(i) & swarm.seedHas.word(i) & ~domain.copies.some().word(i)) != 0) {
                return true;
            }
        }
        return false;
    }

    /// Whether somebody waits here for what `parent` has and may give to this zone.
    boolean lacksSomethingOf(Member parent) {
        RangeSet want = wanted.some();
        boolean crossing = State.crosses(parent.zone, this);
        for (int i = 0; i < want.wordCount(); i++) {
            long word = want.word(i) & parent.offerable.word(i);
            if (crossing) {
                word &= ~copies.some().word(i);
            }
            if (word != 0) {
                return true;
            }
        }
        return false;
    }

    /// Whether somebody waits here for what nobody has here, but somebody elsewhere.
    boolean lacksWhatIsOnlyElsewhere() {
        RangeSet want = wanted.some();
        for (int i = 0; i < want.wordCount(); i++) {
            long elsewhere = swarm.seedHas.word(i) | domain.copies.some().word(i);
            if ((want.word(i) & elsewhere & ~copies.some().word(i)) != 0) {
                return true;
            }
        }
        return false;
    }
}
