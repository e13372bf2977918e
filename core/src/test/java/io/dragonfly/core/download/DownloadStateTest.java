// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A version of two pieces of four blocks, two blocks to a range: ranges 0 and 1 in piece 0, 2 and
/// 3 in piece 1. The last block is short.
final class DownloadStateTest {
    private static final int BLOCK = 1024;
    private static final Geometry GEOMETRY = new Geometry(8 * BLOCK - 24, 4 * BLOCK, BLOCK, 2);
    private static final PeerId A = new PeerId("a");
    private static final PeerId B = new PeerId("b");
    private static final HostPort AT_A = new HostPort("10.0.0.1", 1);
    private static final HostPort AT_B = new HostPort("10.0.0.2", 1);

    private final DownloadState state = new DownloadState(GEOMETRY, DownloadSettings.DEFAULT);
    private long now = 1;

    private static Sha256 digest(int block) {
        return Sha256.of(("block " + block).getBytes(StandardCharsets.UTF_8));
    }

    private static List<Sha256> digests(int from, int end) {
        List<Sha256> digests = new ArrayList<>();
        for (int block = from; block < end; block++) {
            digests.add(digest(block));
        }
        return digests;
    }

    private static Sha256 piece(int piece) {
        return Sha256.ofPiece(digests(piece * 4, piece * 4 + 4));
    }

    private List<Action> on(DownloadEvent event) {
        return state.on(event, now);
    }

    private List<Action> at(long nanos, DownloadEvent event) {
        now = nanos;
        return on(event);
    }

    private List<Action> offer(int range, PeerId parent, HostPort address) {
        return on(
                new DownloadEvent.Offered(
                        range, parent, address, piece(GEOMETRY.pieceOfRange(range))));
    }

    private void knowDigests() {
        on(new DownloadEvent.BlockDigestsKnown(0, digests(0, 8)));
    }

    /// Brings a block by a flow.
    private List<Action> bring(int flow, int block) {
        assertThat(state.verdict(flow, block, digest(block))).isEqualTo(Verdict.ACCEPT);
        return on(new DownloadEvent.Stored(block));
    }

    @Test
    void anOfferStartsAFlowForTheBlocksOfTheRange() {
        assertThat(offer(1, A, AT_A)).containsExactly(new Action.Start(1, A, AT_A, 0, 2, 4, true));
    }

    @Test
    void aFlowDoesNotAskForDigestsThatWerePushed() {
        knowDigests();

        assertThat(offer(1, A, AT_A)).containsExactly(new Action.Start(1, A, AT_A, 0, 2, 4, false));
    }

    @Test
    void theFirstBlockIsReportedAndThenTheWholeRange() {
        knowDigests();
        offer(0, A, AT_A);

        assertThat(bring(1, 0)).containsExactly(new Action.ReportStarted(0));
        assertThat(bring(1, 1)).containsExactly(new Action.ReportDone(0));
        assertThat(on(new DownloadEvent.FlowCompleted(1))).isEmpty();
    }

    @Test
    void aRangeIsReportedOnceWhenItIsAboutToEnd() {
        knowDigests();
        offer(0, A, AT_A);
        on(new DownloadEvent.Received(1, BLOCK));
        bring(1, 0);
        at(100_000_000, new DownloadEvent.Tick());
        // At this rate the second block takes 100 ms.
        assertThat(at(100_000_000, new DownloadEvent.Received(1, 1)))
                .containsExactly(new Action.ReportEnding(0));
        assertThat(at(110_000_000, new DownloadEvent.Received(1, 1))).isEmpty();
    }

    @Test
    void aRangeThatTakesLongerIsNotAboutToEndYet() {
        knowDigests();
        offer(0, A, AT_A);
        on(new DownloadEvent.Received(1, BLOCK));
        bring(1, 0);
        at(400_000_000, new DownloadEvent.Tick());
        assertThat(at(400_000_000, new DownloadEvent.Received(1, BLOCK / 4))).isEmpty();
        assertThat(at(600_000_000, new DownloadEvent.Received(1, BLOCK / 2)))
                .containsExactly(new Action.ReportEnding(0));
    }

    @Test
    void aBlockThatWentBadIsFetchedAgainAndItsRangeReportedAgain() {
        knowDigests();
        for (int range = 0; range < 4; range++) {
            offer(range, A, AT_A);
            bring(range + 1, 2 * range);
            bring(range + 1, 2 * range + 1);
            on(new DownloadEvent.FlowCompleted(range + 1));
        }
        assertThat(state.complete()).isTrue();

        assertThat(on(new DownloadEvent.Lost(3))).isEmpty();
        assertThat(state.complete()).isFalse();
        assertThat(state.firstUnverified()).isEqualTo(3);
        assertThat(offer(1, B, AT_B)).containsExactly(new Action.Start(5, B, AT_B, 0, 3, 4, false));
        assertThat(bring(5, 3)).containsExactly(new Action.ReportDone(1));
        assertThat(state.complete()).isTrue();
    }

    @Test
    void aBlockThatOvertakesItsDigestIsUnknownUntilTheDigestComes() {
        on(new DownloadEvent.Offered(0, A, AT_A, null));

        assertThat(state.verdict(1, 0, digest(0))).isEqualTo(Verdict.UNKNOWN);
        on(new DownloadEvent.BlockDigestsKnown(0, digests(0, 1)));
        assertThat(state.verdict(1, 0, digest(0))).isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void aBlockWithAnotherDigestIsCorruptAndItsParentIsNamed() {
        knowDigests();
        offer(0, A, AT_A);

        assertThat(state.verdict(1, 0, digest(7))).isEqualTo(Verdict.CORRUPT);
        assertThat(on(new DownloadEvent.FlowFailed(1, FailureReason.CORRUPT)))
                .containsExactly(new Action.ReportFailed(0, A, FailureReason.CORRUPT, 0));
    }

    @Test
    void onlyDigestsThatMakeThePieceDigestAreBelieved() {
        offer(0, A, AT_A);
        List<Sha256> wrong = new ArrayList<>(digests(0, 4));
        wrong.set(2, digest(7));

        assertThat(state.digestsMatch(0, wrong)).isFalse();
        assertThat(state.digestsMatch(0, digests(0, 4))).isTrue();
        assertThat(state.digestsMatch(1, digests(4, 8))).isFalse();
    }

    @Test
    void anotherParentTakesOverAfterTheBlockThatIsOnItsWay() {
        knowDigests();
        offer(0, A, AT_A);

        assertThat(offer(0, B, AT_B))
                .containsExactly(
                        new Action.StopAtNextBlock(1),
                        new Action.Start(2, B, AT_B, 0, 1, 2, false));
        bring(1, 0);
        assertThat(state.verdict(1, 1, digest(1))).isEqualTo(Verdict.STOP);
        assertThat(on(new DownloadEvent.FlowCompleted(1))).isEmpty();
        assertThat(bring(2, 1)).containsExactly(new Action.ReportDone(0));
    }

    @Test
    void theHoleThatAReplacedParentLeavesIsFetchedFromTheNewOne() {
        knowDigests();
        offer(0, A, AT_A);
        offer(0, B, AT_B);
        bring(2, 1);
        on(new DownloadEvent.FlowCompleted(2));

        assertThat(on(new DownloadEvent.FlowFailed(1, FailureReason.STALLED)))
                .containsExactly(
                        new Action.ReportFailed(0, A, FailureReason.STALLED, 0),
                        new Action.Start(3, B, AT_B, 0, 0, 1, false));
    }

    @Test
    void aFlowThatSaysItIsCompleteAndIsNotHasFailed() {
        knowDigests();
        offer(0, A, AT_A);
        bring(1, 0);

        assertThat(on(new DownloadEvent.FlowCompleted(1)))
                .containsExactly(new Action.ReportFailed(0, A, FailureReason.CLOSED, 1));
    }

    @Test
    void whatIsHereFromBeforeIsAdoptedWhenThePieceDigestAgrees() {
        for (int block = 0; block < 4; block++) {
            state.recall(block, digest(block));
        }

        assertThat(on(new DownloadEvent.PieceDigestKnown(0, piece(0))))
                .containsExactly(
                        new Action.Adopt(0),
                        new Action.Adopt(1),
                        new Action.Adopt(2),
                        new Action.Adopt(3));
        on(new DownloadEvent.Stored(0));
        assertThat(on(new DownloadEvent.Stored(1))).containsExactly(new Action.ReportDone(0));
        assertThat(state.verified(1)).isTrue();
        assertThat(state.verified(2)).isFalse();
    }

    @Test
    void anOfferOfWhatIsHereFromBeforeTransfersOneBlockForTheDigests() {
        state.recall(0, digest(0));
        state.recall(1, digest(7));

        assertThat(offer(0, A, AT_A)).containsExactly(new Action.Start(1, A, AT_A, 0, 0, 1, true));
        assertThat(on(new DownloadEvent.BlockDigestsKnown(0, digests(0, 4))))
                .containsExactly(new Action.Adopt(0), new Action.Drop(1));
        assertThat(state.verdict(1, 0, digest(0))).isEqualTo(Verdict.DUPLICATE);
        assertThat(on(new DownloadEvent.FlowCompleted(1)))
                .containsExactly(new Action.Start(2, A, AT_A, 0, 1, 2, false));
    }

    @Test
    void whatIsHereFromBeforeAndDiffersIsDroppedAndFetched() {
        state.recall(0, digest(7));
        state.recall(1, digest(1));
        on(new DownloadEvent.Offered(0, A, AT_A, null));

        List<Action> actions = on(new DownloadEvent.BlockDigestsKnown(0, digests(0, 2)));

        assertThat(actions)
                .containsExactly(
                        new Action.Drop(0),
                        new Action.Adopt(1),
                        new Action.Start(1, A, AT_A, 0, 0, 1, false));
    }

    @Test
    void aWithdrawnOfferEndsItsFlow() {
        knowDigests();
        offer(0, A, AT_A);

        assertThat(on(new DownloadEvent.Withdrawn(0, A))).containsExactly(new Action.Cancel(1));
        assertThat(state.verdict(1, 0, digest(0))).isEqualTo(Verdict.STOP);
        assertThat(state.flowCount()).isZero();
    }

    @Test
    void aFlowThatIsMuchSlowerThanTheOthersIsComplainedOf() {
        knowDigests();
        offer(0, A, AT_A);
        offer(2, B, AT_B);
        List<Action> complaints = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            now += DownloadSettings.DEFAULT.watchIntervalNanos();
            on(new DownloadEvent.Received(1, 10));
            on(new DownloadEvent.Received(2, 10_000));
            complaints.addAll(on(new DownloadEvent.Tick()));
        }

        assertThat(complaints).isNotEmpty().containsOnly(new Action.ReportSlow(0, A, 1));
    }

    @Test
    void aParentThatOnlySaysThatItWaitsIsLeftAfterAWhile() {
        knowDigests();
        offer(0, A, AT_A);
        List<Action> actions = new ArrayList<>();
        while (state.flowCount() > 0) {
            now += DownloadSettings.DEFAULT.watchIntervalNanos();
            actions.addAll(on(new DownloadEvent.Tick()));
        }

        assertThat(actions)
                .contains(new Action.ReportSlow(0, A, 1))
                .endsWith(
                        new Action.Cancel(1), new Action.ReportFailed(0, A, FailureReason.BUSY, 0));
        assertThat(now).isLessThan(2 * DownloadSettings.DEFAULT.idleNanos());
    }

    @Test
    void everythingVerifiedIsComplete() {
        knowDigests();
        for (int range = 0; range < 4; range++) {
            offer(range, A, AT_A);
            bring(range + 1, 2 * range);
            assertThat(state.complete()).isFalse();
            bring(range + 1, 2 * range + 1);
        }

        assertThat(state.complete()).isTrue();
        assertThat(state.firstUnverified()).isEqualTo(8);
    }

    @Test
    void anUnknownLengthIsCompleteOnlyOnceItIsKnown() {
        DownloadState open =
                new DownloadState(GEOMETRY.withLength(Geometry.UNKNOWN), DownloadSettings.DEFAULT);
        open.on(new DownloadEvent.BlockDigestsKnown(0, digests(0, 3)), now);
        open.on(new DownloadEvent.Offered(0, A, AT_A, null), now);
        open.on(new DownloadEvent.Offered(1, A, AT_A, null), now);
        for (int block = 0; block < 3; block++) {
            assertThat(open.verdict(block / 2 + 1, block, digest(block))).isEqualTo(Verdict.ACCEPT);
            open.on(new DownloadEvent.Stored(block), now);
        }

        assertThat(open.complete()).isFalse();
        assertThat(open.on(new DownloadEvent.LengthKnown(2 * BLOCK + 1), now))
                .contains(new Action.ReportDone(1));
        assertThat(open.complete()).isTrue();
    }

    @Test
    void afterTheSupernodeIsLostFlowsGoOnAndNothingNewStarts() {
        knowDigests();
        offer(0, A, AT_A);

        assertThat(on(new DownloadEvent.SupernodeLost())).isEmpty();
        bring(1, 0);
        bring(1, 1);
        assertThat(on(new DownloadEvent.FlowCompleted(1))).isEmpty();
        assertThat(state.flowCount()).isZero();
    }
}
