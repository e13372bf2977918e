// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;

/// What a [Scheduler] wants done.
public sealed interface Command {
    /// Tell `peer` to fetch `range`, from block `block` on, from `parent` ([PeerId#SEED] for the
    /// seed).
    record Offer(PeerId peer, VersionId version, int range, int block, PeerId parent)
            implements Command {}

    record Cancel(PeerId peer, VersionId version, int range, PeerId parent) implements Command {}

    /// For the log and the metrics: the peer is served by the seed alone and serves nobody until
    /// `untilNanos`.
    record Isolated(PeerId peer, String why, long untilNanos) implements Command {}

    /// For the log and the metrics: `parent` is not offered to `peer` (to anybody, where `peer` is
    /// the parent itself) until `untilNanos`.
    record Blacklisted(PeerId peer, PeerId parent, String why, long untilNanos)
            implements Command {}

    /// Send a [Event.Tick] at this time, at the latest.
    record WakeAt(long nanos) implements Command {}
}
