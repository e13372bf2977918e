// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FailureReason;

import java.util.BitSet;
import java.util.List;

/// What happens to a [Scheduler].
public sealed interface Event {
    /// A peer said hello. `serves` is false where others cannot reach it.
    ///
    /// @param host where its stream comes from: what nobody can choose freely. Complaints are
    ///   counted by it
    /// @param address where it serves, empty for nowhere: many peers may share a host, so this and
    ///   the host say who is accused
    record PeerUp(PeerId peer, String host, String address, Placement placement, boolean serves)
            implements Event {}

    /// The outcome of the dial-back became known.
    record Reachable(PeerId peer, boolean serves) implements Event {}

    /// What a peer can do, from its own measured rates. With [PeerId#SEED], `upload` fixes the
    /// seed's slots.
    record SlotsChanged(PeerId peer, int download, int upload) implements Event {}

    record PeerDown(PeerId peer) implements Event {}

    /// A version is distributed from now on. While the length is unknown, ranges come into being as
    /// the seed has them.
    record SwarmOpened(VersionId version, Geometry geometry) implements Event {}

    /// The end of a content of unknown length was seen: `length` bytes.
    record LengthKnown(VersionId version, long length) implements Event {}

    /// The version is not distributed any more. Nothing is cancelled: the peers are told the end.
    record SwarmClosed(VersionId version) implements Event {}

    /// The seed has the first block of `range` verified (it may be offered).
    record SeedHas(VersionId version, int range) implements Event {}

    /// A peer joined, with what it already has. Joining again replaces what was known.
    ///
    /// @param window 0, or of a peer that keeps nothing: it takes so many ranges from `next` on,
    ///   and serves nobody
    record Joined(PeerId peer, VersionId version, BitSet have, boolean wants, int next, int window)
            implements Event {
        public Joined(PeerId peer, VersionId version, BitSet have, boolean wants, int next) {
            this(peer, version, have, wants, next, 0);
        }
    }

    record Left(PeerId peer, VersionId version) implements Event {}

    /// First block of an assigned range verified at the peer.
    record Started(PeerId peer, VersionId version, int range) implements Event {}

    /// A range is complete at the peer, wherever it came from.
    record Done(PeerId peer, VersionId version, int range) implements Event {}

    /// A peer hashed blocks of a piece again, asked by [Command.Recheck] or not.
    ///
    /// @param firstBlock first block that was hashed
    /// @param lost ranges that it has no more
    record Rechecked(PeerId peer, VersionId version, int firstBlock, List<Integer> lost)
            implements Event {}

    /// A range is all here but for its end. Its slots are free for what follows; it is still on its
    /// way.
    record Ending(PeerId peer, VersionId version, int range) implements Event {}

    /// The peer's reader lacks `next` first.
    record Needs(PeerId peer, VersionId version, int next) implements Event {}

    /// A range could not be had from `parent`, which it was offered from; `block` is the first
    /// block of it that is missing.
    record Failed(
            PeerId peer,
            VersionId version,
            int range,
            PeerId parent,
            FailureReason reason,
            int block)
            implements Event {}

    /// A range comes much more slowly than the peer's others; `block` is the next block boundary.
    /// To be said again while it lasts.
    record Slow(PeerId peer, VersionId version, int range, PeerId parent, int block)
            implements Event {}

    /// Time passed; due at the latest when the last [Command.WakeAt] said.
    record Tick() implements Event {}
}
