// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.Action;
import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.net.piece.PieceClient;
import io.dragonfly.net.piece.RangeReceiver;
import io.dragonfly.net.piece.RangeRequest;
import io.dragonfly.net.piece.RangeResult;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// One flow: checks each block that it brings and stores the good ones. Used by the flow's thread
/// only.
final class FlowRun implements RangeReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(FlowRun.class);

    private final VersionSession session;
    private final Action.Start flow;
    private boolean gotDigests;
    private @Nullable FailureReason refused;
    private @Nullable IOException trouble;

    FlowRun(VersionSession session, Action.Start flow) {
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

    RangeRequest request(VersionId version, Secret secret) {
        return new RangeRequest(
                version,
                secret,
                flow.piece(),
                flow.firstBlock(),
                flow.endBlock(),
                flow.wantsDigests());
    }

    /// Runs the fetch to its end.
    void run(PieceClient.Fetch fetch) {
        RangeResult result = result(fetch);
        DownloadEvent event = outcome(result);
        if (event instanceof DownloadEvent.FlowFailed failed) {
            LOG.info(
                    "range failed version={} piece={} parent={} address={} reason={} {}",
                    session.version(),
                    flow.piece(),
                    flow.parent(),
                    flow.address(),
                    failed.reason(),
                    result);
        }
        session.flowEnded(flow, event, trouble);
    }

    private RangeResult result(PieceClient.Fetch fetch) {
        try {
            return fetch.run();
        } catch (RuntimeException e) {
            LOG.error("bug in a flow version={} piece={}", session.version(), flow.piece(), e);
            trouble = new IOException("internal error, see the log: " + e, e);
            return new RangeResult.Failed(FailureReason.LOCAL, "internal error");
        }
    }

    /// What the end of the flow means to the state.
    private DownloadEvent outcome(RangeResult result) {
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
