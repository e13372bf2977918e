// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FailureReason;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What happens to a [DownloadState].
public sealed interface DownloadEvent {
    /// The supernode says: fetch `range` from `parent`.
    record Offered(int range, PeerId parent, HostPort address, @Nullable Sha256 pieceDigest)
            implements DownloadEvent {}

    /// The supernode takes an offer back.
    record Withdrawn(int range, PeerId parent) implements DownloadEvent {}

    record PieceDigestKnown(int piece, Sha256 digest) implements DownloadEvent {}

    /// Digests of consecutive blocks, from the supernode or already checked against a piece digest.
    record BlockDigestsKnown(int firstBlock, List<Sha256> digests) implements DownloadEvent {}

    record LengthKnown(long length) implements DownloadEvent {}

    /// Bytes of a flow came in.
    record Received(int flow, int bytes) implements DownloadEvent {}

    /// A verified block is in the store: fetched by a flow, or adopted ([Action.Adopt]).
    record Stored(int block) implements DownloadEvent {}

    /// A block could not be adopted or stored: it must be fetched.
    record NotStored(int block) implements DownloadEvent {}

    /// The bytes of a verified block went bad and were dropped: it must be fetched again.
    record Lost(int block) implements DownloadEvent {}

    /// A flow delivered all it was asked for, or stopped because it was told to.
    record FlowCompleted(int flow) implements DownloadEvent {}

    record FlowFailed(int flow, FailureReason reason) implements DownloadEvent {}

    /// The supernode is gone: flows go on, offers of it are void once they end.
    record SupernodeLost() implements DownloadEvent {}

    /// Time passed; due every [DownloadSettings#watchIntervalNanos] while flows run.
    record Tick() implements DownloadEvent {}
}
