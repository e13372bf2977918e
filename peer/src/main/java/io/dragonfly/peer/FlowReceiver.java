// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.Action;
import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.net.piece.RangeReceiver;
import io.dragonfly.net.piece.RangeResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one flow brings: checks each block and stores the good ones. Used by the flow's thread only.
final class FlowReceiver implements RangeReceiver {
    private final VersionSession session;
    private final Action.Start flow;
    private boolean gotDigests;
    private @Nullable FailureReason refused;
    private @Nullable IOException trouble;

    FlowReceiver(VersionSession session, Action.Start flow) {
        this.session = session;
        this.flow = flow;
    }

    @Override
    public boolean digests(List<Sha256> blocks) {
        gotDigests = session.digests(flow.piece(), blocks);
        if (!gotDigests) {
            refused = FailureReason.CORRUPT;
        }
        return gotDigests;
    }

    @Override
    public boolean block(int block, ByteBuffer bytes) {
        Sha256 digest = Sha256.of(bytes.duplicate());
        return switch (session.verdict(flow.flow(), block, digest)) {
            case ACCEPT -> store(block, digest, bytes);
            case DUPLICATE -> true;
            case STOP -> false;
            case UNKNOWN -> {
                // The supernode owes the digest; the parent did nothing wrong.
                refused = FailureReason.LOCAL;
                yield false;
            }
            case CORRUPT -> {
                refused = FailureReason.CORRUPT;
                yield false;
            }
        };
    }

    private boolean store(int block, Sha256 digest, ByteBuffer bytes) {
        try {
            session.store(flow, block, digest, bytes);
            return true;
        } catch (IOException e) {
            trouble = e;
            refused = FailureReason.LOCAL;
            return false;
        }
    }

    @Override
    public void received(int bytes) {
        session.receivedBytes(flow.flow(), bytes);
    }

    @Override
    public void waiting() {}

    /// Trouble of this host, not of the parent.
    @Nullable IOException trouble() {
        return trouble;
    }

    /// What the end of the flow means to the state.
    DownloadEvent outcome(RangeResult result) {
        if (refused != null) {
            return new DownloadEvent.FlowFailed(flow.flow(), refused);
        }
        return switch (result) {
            case RangeResult.Complete _ when flow.wantsDigests() && !gotDigests ->
                    // It serves the piece and does not know its digests yet.
                    new DownloadEvent.FlowFailed(flow.flow(), FailureReason.BUSY);
            case RangeResult.Complete _, RangeResult.Cancelled _ ->
                    new DownloadEvent.FlowCompleted(flow.flow());
            case RangeResult.Failed failed ->
                    new DownloadEvent.FlowFailed(flow.flow(), failed.reason());
        };
    }
}
