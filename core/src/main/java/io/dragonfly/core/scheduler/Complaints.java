// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/// What was said about a peer, and what it said about others. Every list here is bounded by
/// [Blame].
final class Complaints {
    /// `accuser` got bytes of `piece` that do not match.
    record Accusation(PeerId accuser, VersionId version, int piece, long untilNanos) {}

    /// Bad bytes that this peer served.
    final List<Accusation> accusations = new ArrayList<>(0);

    /// Peers that could not get something from this one since it last served somebody well.
    final SequencedSet<PeerId> complainers = new LinkedHashSet<>(0);

    /// Parents that this peer failed with since it last got a range from a peer.
    final SequencedSet<PeerId> failedWith = new LinkedHashSet<>(0);

    /// Parents that this peer accuses.
    final SequencedSet<PeerId> accused = new LinkedHashSet<>(0);

    /// How often it was isolated or blacklisted: the times grow.
    int punishments;

    int slowComplaints;
    long slowSinceNanos;

    /// How often the upload slots were halved.
    int halvings;
}
