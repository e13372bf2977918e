// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.download.DownloadState;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.engine.Timeline;
import io.dragonfly.sim.network.Flow;

import java.util.List;

/// What becomes of blocks that flows bring to a session: digests first, then a verdict, then the
/// disk. Breaks the run where a block is taken that is not what the origin has.
final class BlockChecks {
    private static final long DIGEST_WAIT_NANOS = 5_000_000_000L;

    private final Timeline timeline;
    private final SimSession session;
    private final SimDownload download;
    private final SimVersion version;
    private final DownloadState state;

    BlockChecks(
            World world,
            SimSession session,
            SimDownload download,
            SimVersion version,
            DownloadState state) {
        this.timeline = world.timeline();
        this.session = session;
        this.download = download;
        this.version = version;
        this.state = state;
    }

    /// Looks at the blocks that are here, in their order.
    void process(SimFlow run) {
        Flow flow = run.flow;
        BlockHolder parent = run.parent;
        while (flow != null && parent != null && run.next < flow.arriving() && session.runs(run)) {
            if (!digests(run, parent)) {
                return;
            }
            int block = run.next;
            switch (state.verdict(run.start.flow(), block, parent.sent(block))) {
                case ACCEPT -> {
                    run.next++;
                    if (!accept(run, block, parent.sent(block))) {
                        return;
                    }
                }
                case DUPLICATE -> run.next++;
                case UNKNOWN -> {
                    hold(run);
                    return;
                }
                case STOP -> {
                    session.close(run);
                    session.on(new DownloadEvent.FlowCompleted(run.start.flow()));
                    return;
                }
                case CORRUPT -> {
                    session.fail(run, FailureReason.CORRUPT);
                    return;
                }
            }
        }
        endIfAllIsLookedAt(run);
    }

    /// Ends a flow that brings nothing more, once all that it brought was looked at.
    void endIfAllIsLookedAt(SimFlow run) {
        Flow flow = run.flow;
        if (flow != null && flow.closed() && run.next >= flow.arriving() && session.runs(run)) {
            session.end(run);
        }
    }

    /// The block digests of a finished piece come from the parent, before its first block.
    private boolean digests(SimFlow run, BlockHolder parent) {
        if (!run.start.wantsDigests() || run.gotDigests) {
            return true;
        }
        int piece = run.start.piece();
        List<Sha256> said = parent.pieceBlocks(piece);
        if (said == null) {
            // It has them in a moment, or never.
            timeline.after(
                    20_000_000, () -> download.host().whenRunning(() -> waitForDigests(run)));
            return false;
        }
        run.gotDigests = true;
        if (!state.digestsMatch(piece, said)) {
            session.fail(run, FailureReason.CORRUPT);
            return false;
        }
        session.on(
                new DownloadEvent.BlockDigestsKnown(
                        version.geometry().firstBlockOfPiece(piece), said));
        return session.runs(run);
    }

    private void waitForDigests(SimFlow run) {
        if (!session.runs(run)) {
            return;
        }
        if (timeline.now() - run.heard > DIGEST_WAIT_NANOS) {
            session.fail(run, FailureReason.BUSY);
        } else {
            process(run);
        }
    }

    private void hold(SimFlow run) {
        run.held = true;
        int block = run.next;
        timeline.after(
                DIGEST_WAIT_NANOS,
                () ->
                        download.host()
                                .whenRunning(() -> {
                                    if (run.held && run.next == block) {
                                        // The supernode owes the digest; the parent did nothing
                                        // wrong.
                                        session.fail(run, FailureReason.LOCAL);
                                    }
                                }));
    }

    /// Writes a block to the disk.
    ///
    /// @return whether the next one may follow now
    private boolean accept(SimFlow run, int block, Sha256 digest) {
        BrokenInvariant.unless(
                digest.equals(version.blocks().get(block)),
                "%s takes a wrong block %d of %s",
                download.host().id(),
                block,
                version.id());
        long at = download.writtenAt(version.geometry().blockLength(block));
        if (at < 0) {
            session.on(new DownloadEvent.NotStored(block));
            download.fail("no-space");
            return false;
        }
        if (at <= timeline.now()) {
            session.stored(block);
            return true;
        }
        run.storing = true;
        timeline.at(
                at,
                () ->
                        download.host()
                                .whenRunning(() -> {
                                    run.storing = false;
                                    session.stored(block);
                                    process(run);
                                }));
        return false;
    }
}
