// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.protocol.FailureReason;

/// How a fetch ended.
public sealed interface RangeResult {
    /// All blocks were delivered, up to (not including) `endBlock`: the one that was asked for, or
    /// less where the parent says that the content ends there (its word alone: to be checked
    /// against the length that the supernode tells).
    record Complete(int endBlock) implements RangeResult {}

    /// The receiver or [PieceClient.Fetch#cancel] ended it.
    record Cancelled() implements RangeResult {}

    /// The parent, the way to it or (`LOCAL`) this peer failed.
    ///
    /// @param message one line for people, without credentials
    record Failed(FailureReason reason, String message) implements RangeResult {}
}
