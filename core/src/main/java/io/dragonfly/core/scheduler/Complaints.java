// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/// What was said about a peer, and what it said about others. Every list here is bounded by [Blame]
/// and [Accusations]. Outlives the peer's stream, see [Former].
final class Complaints {
    /// A piece that somebody says is bad at this peer.
    record Suspect(VersionId version, int piece) {}

    /// `accuser`, on `host`, got bytes of `suspect` that do not match.
    record Accusation(String host, PeerId accuser, Suspect suspect, long untilNanos) {}

    /// Bad bytes that this peer served.
    final List<Accusation> accusations = new ArrayList<>(0);

    /// What the peer was asked to hash again and when that was; until it answers, or for too long
    /// does not, nothing is concluded from those pieces.
    final Map<Suspect, Long> rechecking = new LinkedHashMap<>(0);

    /// What it says is right.
    final Set<Suspect> vouched = new HashSet<>(0);

    /// When it said that a piece that it was accused of is bad.
    final Deque<Long> lostNanos = new ArrayDeque<>(0);

    /// Hosts that could not get something from this peer since it last served somebody well.
    final SequencedSet<String> complainers = new LinkedHashSet<>(0);

    /// Parents that this peer failed with since it last got a range from a peer.
    final SequencedSet<PeerId> failedWith = new LinkedHashSet<>(0);

    /// Parents that this peer accuses.
    final SequencedSet<PeerId> accused = new LinkedHashSet<>(0);

    /// How often it was isolated or blacklisted: the times grow.
    int punishments;

    /// Until when it is isolated, and on whose word alone if it is on one host's.
    boolean isolated;

    long isolatedUntilNanos;
    @Nullable String loneAccuser;

    int slowComplaints;
    long slowSinceNanos;

    /// How often the upload slots were halved.
    int halvings;

    /// Whether forgetting it would let somebody off.
    boolean worthKeeping() {
        return isolated || punishments > 0 || !accusations.isEmpty() || !lostNanos.isEmpty();
    }
}
