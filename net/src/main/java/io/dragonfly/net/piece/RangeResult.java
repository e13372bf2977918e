// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.protocol.FailureReason;

/// How a fetch ended.
public sealed interface RangeResult {
    /// All blocks were delivered.
    record Complete() implements RangeResult {}

    /// The receiver or [PieceClient.Fetch#cancel] ended it.
    record Cancelled() implements RangeResult {}

    record Failed(FailureReason reason, String message) implements RangeResult {}
}
