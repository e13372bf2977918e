// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FailureReason;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The state of one version's download at one peer, under one supernode.
///
/// The supernode assigns ranges; this class turns each assignment into flows, decides what the
/// blocks that arrive are worth, and says what to report. Three rules shape it:
/// - A block counts only when its digest equals the one that *this* supernode gave, be it directly
///   or through a piece digest. What was here before (an earlier run, another supernode) is
///   *recalled*: it is adopted without a transfer once the digests agree, and dropped when they do
///   not.
/// - A new parent for a range takes over at a block boundary: the old flow finishes the block that
///   is on its way, so nothing is fetched twice.
/// - A flow that leaves holes is followed by flows for the holes, from the same assignment, without
///   asking the supernode again.
///
/// Not thread-safe: one lock around it, held for the decision and never for the action.
public final class DownloadState {
    private final DownloadSettings settings;
    private final BlockTable blocks;

    /// Who was assigned what, in order of assignment.
    private final Map<Integer, Assignment> assignments = new LinkedHashMap<>();

    private final Flows flows = new Flows();
    private final BitSet reportedStarted = new BitSet();
    private final BitSet reportedDone = new BitSet();
    private List<Action> actions = new ArrayList<>();
    private int nextFlow = 1;

    private record Assignment(int range, PeerId parent, HostPort address) {}

    public DownloadState(Geometry geometry, DownloadSettings settings) {
        this.settings = settings;
        this.blocks = new BlockTable(geometry);
    }

    /// Before the first event: a block with this digest is here, from before.
    public void recall(int block, Sha256 digest) {
        blocks.recall(block, digest);
    }

    public List<Action> on(DownloadEvent event, long nowNanos) {
        switch (event) {
            case DownloadEvent.Offered e -> offered(e, nowNanos);
            case DownloadEvent.Withdrawn e -> withdrawn(e);
            case DownloadEvent.PieceDigestKnown e -> pieceDigest(e.piece(), e.digest(), nowNanos);
            case DownloadEvent.BlockDigestsKnown e -> blockDigests(e, nowNanos);
            case DownloadEvent.LengthKnown e -> lengthKnown(e.length(), nowNanos);
            case DownloadEvent.Received e -> received(e, nowNanos);
            case DownloadEvent.Stored e -> stored(e.block());
            case DownloadEvent.NotStored e -> notStored(e.block(), nowNanos);
            case DownloadEvent.Lost e -> lost(e.block(), nowNanos);
            case DownloadEvent.FlowCompleted e -> flowCompleted(e.flow(), nowNanos);
            case DownloadEvent.FlowFailed e -> flowFailed(e.flow(), e.reason(), nowNanos);
            case DownloadEvent.SupernodeLost _ -> assignments.clear();
            case DownloadEvent.Tick _ -> watch(nowNanos);
        }
        List<Action> decided = actions;
        actions = new ArrayList<>();
        return decided;
    }

    /// What to do with a block that `flow` brought. After [Verdict#ACCEPT] the caller stores the
    /// block and answers [DownloadEvent.Stored] or [DownloadEvent.NotStored].
    public Verdict verdict(int flowId, int block, Sha256 digest) {
        Flow flow = flows.get(flowId);
        if (flow == null || block != flow.nextBlock || block >= flow.endBlock) {
            return Verdict.STOP;
        }
        if (blocks.verified.get(block) || blocks.storing.get(block)) {
            flow.passBlock();
            return Verdict.DUPLICATE;
        }
        Sha256 expected = blocks.expected(block);
        if (expected == null) {
            return Verdict.UNKNOWN;
        }
        if (!expected.equals(digest)) {
            return Verdict.CORRUPT;
        }
        flow.passBlock();
        blocks.storing.set(block);
        return Verdict.ACCEPT;
    }

    /// Digests that a parent sent for all blocks of `piece`: whether they make the piece digest
    /// that the supernode gave. True is followed by [DownloadEvent.BlockDigestsKnown].
    public boolean digestsMatch(int piece, List<Sha256> digests) {
        Sha256 expected = blocks.pieceDigest(piece);
        return expected != null && expected.equals(Sha256.ofPiece(digests));
    }

    /// What the blocks of `piece` must be, or null while that is not known of all of them.
    public @Nullable List<Sha256> expectedBlocks(int piece) {
        return blocks.expectedPiece(piece);
    }

    public Geometry geometry() {
        return blocks.geometry();
    }

    public boolean complete() {
        return blocks.complete();
    }

    public boolean verified(int block) {
        return blocks.verified.get(block);
    }

    /// First block that is not verified yet.
    public int firstUnverified() {
        return blocks.firstUnverified();
    }

    /// The range of that block; the number of ranges where nothing is lacking.
    public int nextRange() {
        return complete() ? geometry().ranges() : geometry().rangeOfBlock(firstUnverified());
    }

    public int flowCount() {
        return flows.size();
    }

    private void offered(DownloadEvent.Offered offer, long now) {
        Geometry geometry = blocks.geometry();
        int piece = geometry.pieceOfRange(offer.range());
        if (offer.pieceDigest() != null) {
            pieceDigest(piece, offer.pieceDigest(), now);
        }
        if (blocks.rangeVerified(offer.range())) {
            actions.add(new Action.ReportDone(offer.range()));
            return;
        }
        Assignment old = assignments.get(offer.range());
        if (old != null && old.parent().equals(offer.parent())) {
            return;
        }
        assignments.put(
                offer.range(), new Assignment(offer.range(), offer.parent(), offer.address()));
        if (old != null) {
            stopFlows(offer.range());
        }
        advance(offer.range(), now);
    }

    /// Ends the flows of a range after the block that each is receiving.
    private void stopFlows(int range) {
        for (Flow flow : flows.of(range)) {
            if (!flow.stopping) {
                flow.stopping = true;
                flow.endBlock = Math.min(flow.endBlock, flow.nextBlock + 1);
                actions.add(new Action.StopAtNextBlock(flow.id));
            }
        }
    }

    private void withdrawn(DownloadEvent.Withdrawn event) {
        Assignment assignment = assignments.get(event.range());
        if (assignment == null || !assignment.parent().equals(event.parent())) {
            return;
        }
        assignments.remove(event.range());
        for (Flow flow : flows.of(event.range())) {
            actions.add(new Action.Cancel(flow.id));
            flows.remove(flow.id);
        }
    }

    private void pieceDigest(int piece, Sha256 digest, long now) {
        if (blocks.pieceDigest(piece) != null) {
            return;
        }
        blocks.expectPiece(piece, digest);
        List<Sha256> recalled = blocks.recalledPiece(piece);
        if (recalled.isEmpty()) {
            return;
        }
        int first = blocks.geometry().firstBlockOfPiece(piece);
        if (digest.equals(Sha256.ofPiece(recalled))) {
            blockDigests(new DownloadEvent.BlockDigestsKnown(first, recalled), now);
        }
        // Otherwise some of them differ; which ones is known when a parent sends the block digests.
    }

    private void blockDigests(DownloadEvent.BlockDigestsKnown event, long now) {
        int block = event.firstBlock();
        for (Sha256 digest : event.digests()) {
            compareRecalled(block, blocks.expect(block, digest));
            block++;
        }
        if (!event.digests().isEmpty()) {
            int firstRange = blocks.geometry().rangeOfBlock(event.firstBlock());
            int lastRange = blocks.geometry().rangeOfBlock(block - 1);
            for (int range = firstRange; range <= lastRange; range++) {
                advance(range, now);
            }
        }
    }

    private void compareRecalled(int block, Sha256 expected) {
        Sha256 recalled = blocks.recalled(block);
        if (recalled == null || blocks.verified.get(block) || blocks.storing.get(block)) {
            return;
        }
        if (recalled.equals(expected)) {
            blocks.storing.set(block);
            actions.add(new Action.Adopt(block));
        } else {
            blocks.forget(block);
            actions.add(new Action.Drop(block));
        }
    }

    private void lengthKnown(long length, long now) {
        Geometry geometry = blocks.geometry();
        if (geometry.lengthKnown()) {
            Check.that(
                    geometry.length() == length, "two lengths: %d, %d", geometry.length(), length);
            return;
        }
        blocks.lengthKnown(length);
        int end = blocks.geometry().blocks();
        for (Flow flow : flows.all()) {
            flow.endBlock = Math.min(flow.endBlock, end);
        }
        for (int range : List.copyOf(assignments.keySet())) {
            advance(range, now);
        }
        if (end > 0) {
            reportIfDone(blocks.geometry().rangeOfBlock(end - 1));
        }
    }

    private void received(DownloadEvent.Received event, long now) {
        Flow flow = flows.get(event.flow());
        if (flow != null) {
            flow.received(event.bytes(), now);
            if (reportedStarted.get(flow.range)
                    && flow.endsWithin(settings.endingNanos(), blocks.geometry())) {
                flow.ending = true;
                actions.add(new Action.ReportEnding(flow.range));
            }
        }
    }

    private void stored(int block) {
        blocks.verified(block);
        int range = blocks.geometry().rangeOfBlock(block);
        boolean first = block == blocks.geometry().firstBlockOfRange(range);
        reportIfDone(range);
        if (first && !reportedDone.get(range) && !reportedStarted.get(range)) {
            reportedStarted.set(range);
            actions.add(new Action.ReportStarted(range));
        }
    }

    private void reportIfDone(int range) {
        if (blocks.rangeVerified(range) && !reportedDone.get(range)) {
            reportedDone.set(range);
            actions.add(new Action.ReportDone(range));
            assignments.remove(range);
        }
    }

    private void notStored(int block, long now) {
        blocks.storing.clear(block);
        blocks.forget(block);
        advance(blocks.geometry().rangeOfBlock(block), now);
    }

    private void lost(int block, long now) {
        int range = blocks.geometry().rangeOfBlock(block);
        blocks.lost(block);
        reportedStarted.clear(range);
        reportedDone.clear(range);
        advance(range, now);
    }

    private void flowCompleted(int flowId, long now) {
        Flow flow = flows.remove(flowId);
        if (flow == null) {
            return;
        }
        Assignment assignment = assignments.get(flow.range);
        boolean endedEarly = !flow.stopping && flow.nextBlock < flow.endBlock;
        if (endedEarly && assignment != null && assignment.parent().equals(flow.parent)) {
            // Said to be complete and is not: without this the same flow would start for ever.
            failed(flow, FailureReason.CLOSED);
            return;
        }
        advance(flow.range, now);
    }

    private void flowFailed(int flowId, FailureReason reason, long now) {
        Flow flow = flows.remove(flowId);
        if (flow != null) {
            failed(flow, reason);
            advance(flow.range, now);
        }
    }

    private void failed(Flow flow, FailureReason reason) {
        if (blocks.rangeVerified(flow.range)) {
            return;
        }
        Assignment assignment = assignments.get(flow.range);
        if (assignment != null && assignment.parent().equals(flow.parent)) {
            assignments.remove(flow.range);
        }
        int block = firstUnverifiedOf(flow.range);
        actions.add(new Action.ReportFailed(flow.range, flow.parent, reason, block));
    }

    private int firstUnverifiedOf(int range) {
        return blocks.verified.nextClearBit(blocks.geometry().firstBlockOfRange(range));
    }

    /// Starts what an assigned range still lacks, unless a flow for it runs.
    private void advance(int range, long now) {
        Assignment assignment = assignments.get(range);
        if (assignment == null || flows.runs(range, assignment.parent())) {
            return;
        }
        Geometry geometry = blocks.geometry();
        int piece = geometry.pieceOfRange(range);
        boolean wantsDigests = blocks.pieceDigest(piece) != null && !blocks.knowsRange(range);
        int end = geometry.endBlockOfRange(range);
        int first = geometry.firstBlockOfRange(range);
        while (first < end && !unclaimed(first)) {
            first++;
        }
        if (first < end) {
            int stop = first + 1;
            while (stop < end && unclaimed(stop)) {
                stop++;
            }
            start(assignment, first, stop, wantsDigests, now);
        } else if (wantsDigests && blocks.recalledIn(range)) {
            // All of it may be here; the digests, which come with any block, will tell.
            int at = blocks.firstRecalledOf(range);
            start(assignment, at, at + 1, true, now);
        }
        // Otherwise all of it is here or on its way, or waits for digests that will be pushed.
    }

    private void start(Assignment to, int first, int end, boolean wantsDigests, long now) {
        int id = nextFlow++;
        flows.add(new Flow(id, to.range(), to.parent(), first, end, now));
        int piece = blocks.geometry().pieceOfRange(to.range());
        actions.add(
                new Action.Start(id, to.parent(), to.address(), piece, first, end, wantsDigests));
    }

    /// Whether the block is missing and no flow is about to bring it.
    private boolean unclaimed(int block) {
        return blocks.missing(block) && !flows.bring(block);
    }

    private void watch(long now) {
        double sum = 0;
        for (Flow flow : flows.all()) {
            flow.watch(now);
            sum += flow.bytesPerNano();
        }
        boolean comparable = flows.size() >= 2;
        double limit = comparable ? sum / flows.size() * settings.slowFraction() : 0;
        for (Flow flow : flows.all()) {
            if (flow.quietNanos(now) > settings.idleNanos()) {
                actions.add(new Action.Cancel(flow.id));
                flowFailed(flow.id, FailureReason.BUSY, now);
            } else if (complains(flow, limit, now)) {
                actions.add(new Action.ReportSlow(flow.range, flow.parent, flow.nextBlock + 1));
            }
        }
    }

    private boolean complains(Flow flow, double limit, long now) {
        boolean old = now - flow.startedNanos > settings.slowNanos();
        boolean late = flow.blocksLeft() >= 2 && flow.bytesPerNano() < limit;
        boolean quiet = flow.quietNanos(now) > settings.quietNanos();
        return flow.slowFor(settings.slowNanos(), old && (late || quiet), now);
    }
}
