// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;

/// What a [Scheduler] wants done.
public sealed interface Command {
    /// Tell `peer` to fetch `range`, from block `block` on, from `parent` ([PeerId#SEED] for the
    /// seed). For a range that is on its way already this replaces the parent from the next block
    /// boundary on. The peer may have more of the range than `block` says; then it starts at the
    /// first block that it lacks.
    ///
    /// @param block number within the version, as in [io.dragonfly.core.model.Geometry]
    record Offer(PeerId peer, VersionId version, int range, int block, PeerId parent)
            implements Command {}

    /// Tell `peer` to stop fetching `range` from `parent`.
    record Cancel(PeerId peer, VersionId version, int range, PeerId parent) implements Command {}

    /// Have `peer` (the seed, where it is [PeerId#SEED]) hash the blocks from `firstBlock` up to
    /// `endBlock` again, drop those that are bad, and answer [Event.Rechecked].
    record Recheck(PeerId peer, VersionId version, int firstBlock, int endBlock)
            implements Command {}

    /// For the log and the metrics: the peer is served by the seed alone and serves nobody until
    /// `untilNanos`.
    record Isolated(PeerId peer, String why, long untilNanos) implements Command {}

    /// For the log and the metrics: `parent` is not offered to `peer` (to anybody, where `peer` is
    /// the parent itself) until `untilNanos`.
    record Blacklisted(PeerId peer, PeerId parent, String why, long untilNanos)
            implements Command {}

    /// For the log and the metrics: an event was ignored, because there are `limit` of `what`
    /// already.
    record AtLimit(String what, int limit) implements Command {}

    /// Send a [Event.Tick] at this time, at the latest.
    record WakeAt(long nanos) implements Command {}
}
