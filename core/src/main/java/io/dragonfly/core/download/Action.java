// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.protocol.FailureReason;

/// What a [DownloadState] wants done.
public sealed interface Action {
    /// Fetch blocks `firstBlock` up to (not including) `endBlock` of one piece.
    record Start(
            int flow,
            PeerId parent,
            HostPort address,
            int piece,
            int firstBlock,
            int endBlock,
            boolean wantsDigests)
            implements Action {}

    /// Let the flow end after the block that is on its way.
    record StopAtNextBlock(int flow) implements Action {}

    /// End the flow now.
    record Cancel(int flow) implements Action {}

    /// A block that was here before agrees with the supernode's digest: make it part of the version
    /// (copy it where it lies in another one) and answer [DownloadEvent.Stored].
    record Adopt(int block) implements Action {}

    /// A block that was here before does not agree: take it out of the store.
    record Drop(int block) implements Action {}

    /// Tell the supernode: the first block of the range is verified.
    record ReportStarted(int range) implements Action {}

    /// The rest of the range comes within the time that the next order takes.
    record ReportEnding(int range) implements Action {}

    record ReportDone(int range) implements Action {}

    record ReportFailed(int range, PeerId parent, FailureReason reason, int block)
            implements Action {}

    record ReportSlow(int range, PeerId parent, int block) implements Action {}
}
