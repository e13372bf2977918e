// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FailureReason;

import java.util.BitSet;

/// What happens to a [Scheduler].
public sealed interface Event {
    /// A peer said hello. `serves` is false where others cannot reach it.
    record PeerUp(PeerId peer, Placement placement, boolean serves) implements Event {}

    /// The outcome of the dial-back became known.
    record Reachable(PeerId peer, boolean serves) implements Event {}

    record SlotsChanged(PeerId peer, int download, int upload) implements Event {}

    record PeerDown(PeerId peer) implements Event {}

    /// A version is distributed from now on. `ranges` is -1 while the length is unknown; then
    /// ranges come into being as the seed has them.
    record SwarmOpened(VersionId version, int ranges) implements Event {}

    record LengthKnown(VersionId version, int ranges) implements Event {}

    record SwarmClosed(VersionId version) implements Event {}

    /// The seed has the first block of `range` verified (it may be offered).
    record SeedHas(VersionId version, int range) implements Event {}

    /// A peer joined, with what it already has. Joining again replaces what was known.
    record Joined(PeerId peer, VersionId version, BitSet have, boolean wants, int next)
            implements Event {}

    record Left(PeerId peer, VersionId version) implements Event {}

    /// First block of an assigned range verified at the peer.
    record Started(PeerId peer, VersionId version, int range) implements Event {}

    record Done(PeerId peer, VersionId version, int range) implements Event {}

    record Needs(PeerId peer, VersionId version, int next) implements Event {}

    record Failed(
            PeerId peer,
            VersionId version,
            int range,
            PeerId parent,
            FailureReason reason,
            int block)
            implements Event {}

    record Slow(PeerId peer, VersionId version, int range, PeerId parent, int block)
            implements Event {}

    /// Time passed; due at the latest when the last [Command.WakeAt] said.
    record Tick() implements Event {}
}
