// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/// Who may be served better since the last decision. Everything that frees a slot or makes a range
/// available notes it here at once, and nothing else needs a look.
final class Wakes {
    /// Peers with a free download slot and something open, or whose parents changed.
    final SequencedSet<PeerState> hungry = new LinkedHashSet<>();

    /// Peers with a free upload slot or new content.
    final SequencedSet<PeerState> offering = new LinkedHashSet<>();

    /// Swarms for which the seed has something new, or must repair something.
    final SequencedSet<Swarm> seed = new LinkedHashSet<>();

    /// Zones that a range may cross into.
    final SequencedSet<Zone> crossing = new LinkedHashSet<>();

    /// A slot of the seed is free, for whatever swarm.
    boolean seedSlot;

    /// Copies were lost: who cannot use all parents may depend on the seed now.
    boolean copiesLost;
}
