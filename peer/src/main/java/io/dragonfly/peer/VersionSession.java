// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.Action;
import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.download.DownloadSettings;
import io.dragonfly.core.download.DownloadState;
import io.dragonfly.core.download.Verdict;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.ProtocolException;
import io.dragonfly.net.control.ControlStream;
import io.dragonfly.net.piece.PieceClient;
import io.dragonfly.net.piece.RangeRequest;
import io.dragonfly.net.piece.Throttle;
import io.dragonfly.storage.NoSpaceException;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// One version under one supernode: gives [DownloadState] its events and carries out its actions.
/// Goes on serving after the download is complete. Thread-safe: one lock around the state, held for
/// decisions and for what does not block.
final class VersionSession implements Adoptions.Outcome, Rechecks.Outcome {
    private static final Logger LOG = LoggerFactory.getLogger(VersionSession.class);

    /// How long a block that overtook its digest waits for it.
    private static final long DIGEST_WAIT_NANOS = 5_000_000_000L;

    private static final long END_WAIT_NANOS = 60_000_000_000L;

    private final Engine engine;
    private final ControlStream stream;
    private final HostPort seed;
    private final StoredVersion stored;
    private final Secret secret;

    private final SessionLock lock;
    private final DownloadState state;
    private final Recalled recalled;
    private final Adoptions adoptions;
    private final Rechecks rechecks;
    private final Reports reports;
    private final Map<Integer, PieceClient.Fetch> fetches = new HashMap<>();
    private @Nullable End end;
    private final Listeners listeners = new Listeners();
    private Throttle throttle = Throttle.NONE;

    VersionSession(
            Engine engine,
            ControlStream stream,
            HostPort seed,
            StoredVersion stored,
            Secret secret,
            List<StoredVersion> others) {
        this.engine = engine;
        this.lock = new SessionLock(engine.environment().nanoTime());
        this.stream = stream;
        this.seed = seed;
        this.stored = stored;
        this.secret = secret;
        this.state = new DownloadState(stored.version().geometry(), DownloadSettings.DEFAULT);
        this.recalled = new Recalled(stored, others, state);
        this.adoptions = new Adoptions(recalled, engine.limits().copies(), engine.threads(), this);
        this.rechecks = new Rechecks(stored, engine.hashing(), this);
        this.reports = new Reports(stream, stored.version().id());
    }

    VersionId version() {
        return stored.version().id();
    }

    StoredVersion stored() {
        return stored;
    }

    ControlStream stream() {
        return stream;
    }

    Content content() {
        return new Content.Stored(
                stored, this::geometry, block -> lock.asked(() -> state.verified(block)));
    }

    Geometry geometry() {
        return lock.asked(state::geometry);
    }

    /// Tells the supernode what is here, and that the rest is wanted.
    ///
    /// @param to hears what arrives; null: nothing is wanted, what is here is for others
    /// @param limit of what is fetched from now on
    void announce(@Nullable SessionListener to, Throttle limit) {
        lock.locked(() -> {
            boolean known = !listeners.isEmpty();
            if (to != null) {
                listeners.add(to);
                throttle = limit;
                recalled.tellVerified(state, to);
            }
            if (end == null) {
                if (!known) {
                    stream.send(recalled.announcement(state.geometry(), to != null, secret));
                }
                finishIfComplete();
            }
        });
    }

    /// Waits until the version is complete or cannot be completed here.
    End awaitEnd() {
        End how = null;
        while (how == null) {
            how = lock.awaited(() -> end, Objects::nonNull, END_WAIT_NANOS);
            if (how == null && stored.unread()) {
                // Nothing moves then: with room on the disk it would be complete by itself.
                lock.locked(() -> finish(End.LocalTrouble.of(unread())));
            }
        }
        return how;
    }

    private static NoSpaceException unread() {
        return new NoSpaceException("the disk is full, and nobody reads what is handed on");
    }

    boolean ended() {
        return lock.asked(() -> end != null);
    }

    /// Whether somebody may still join: not lost, not given up.
    boolean alive() {
        return lock.asked(() -> end == null || end instanceof End.Complete);
    }

    /// @throws ProtocolException where the supernode talks nonsense
    void received(FromSupernode message) throws ProtocolException {
        List<DownloadEvent> events = Inbound.events(message, geometry(), seed);
        lock.locked(() -> {
            switch (message) {
                case FromSupernode.Recheck m -> rechecks.add(m.firstBlock(), m.endBlock());
                case FromSupernode.Length m -> length(m.length());
                case FromSupernode.Ended m ->
                        finish(new End.GivenUp(m.code(), m.message(), m.mayAskOrigin()));
                case FromSupernode.Offer _ when !alive() -> LOG.debug("ignored {}", message);
                default -> events.forEach(this::on);
            }
            lock.signalAll();
            listeners.changed();
        });
    }

    private void length(long length) {
        try {
            stored.lengthKnown(length);
            on(new DownloadEvent.LengthKnown(length));
            finishIfComplete();
        } catch (IOException e) {
            finish(End.LocalTrouble.of(e));
        }
    }

    void supernodeLost() {
        lock.locked(() -> {
            on(new DownloadEvent.SupernodeLost());
            finish(new End.Lost());
        });
    }

    /// Ends what still runs: somebody else takes over, or nobody wants it.
    void abandon() {
        lock.locked(() -> {
            // What is cut off here is no parent's fault: without assignments it is not reported.
            on(new DownloadEvent.SupernodeLost());
            fetches.values().forEach(PieceClient.Fetch::cancel);
            finish(new End.Lost());
        });
    }

    /// A download wants nothing any more. The last one ends what is not complete.
    void detach(SessionListener download) {
        if (lock.asked(() -> listeners.remove(download) && !(end instanceof End.Complete))) {
            leave();
        }
    }

    /// Says that nothing more is wanted and nothing served.
    void leave() {
        reports.leave();
        abandon();
    }

    /// Time passed.
    void tick() {
        lock.locked(() -> {
            on(new DownloadEvent.Tick());
            if (streams() && end == null) {
                reports.moved(nextRange());
            }
        });
    }

    /// Whether the content is handed on to its readers and not kept.
    boolean streams() {
        return stored.window() > 0;
    }

    /// The digests of all blocks of a piece, once they are known; waits for them at most `nanos`.
    @Nullable List<Sha256> pieceBlocks(int piece, long nanos) {
        return lock.awaited(() -> state.expectedBlocks(piece), Objects::nonNull, nanos);
    }

    /// Gives the state an event and does what it answers. Under the lock.
    private void on(DownloadEvent event) {
        for (Action action : state.on(event, engine.nanoTime())) {
            perform(action);
        }
    }

    private void perform(Action action) {
        switch (action) {
            case Action.Start a -> start(a);
            case Action.StopAtNextBlock a ->
                    running(a.flow()).ifPresent(PieceClient.Fetch::stopAtNextBlock);
            case Action.Cancel a -> running(a.flow()).ifPresent(PieceClient.Fetch::cancel);
            case Action.Adopt a -> adopt(a.block());
            case Action.Drop a -> drop(a.block());
            case Action.ReportStarted a -> reports.started(a, nextRange());
            case Action.ReportEnding a -> reports.ending(a);
            case Action.ReportDone a -> reports.done(a, nextRange());
            case Action.ReportFailed a -> reports.failed(a);
            case Action.ReportSlow a -> reports.slow(a);
        }
    }

    private Optional<PieceClient.Fetch> running(int flow) {
        return Optional.ofNullable(fetches.get(flow));
    }

    private int nextRange() {
        return streams() ? stored.firstKept() / state.geometry().rangeBlocks() : state.nextRange();
    }

    private void start(Action.Start a) {
        if (alive()) {
            FlowRun flow = new FlowRun(this, a);
            RangeRequest request = flow.request(version(), secret);
            PieceClient.Fetch fetch = engine.pieces().begin(a.address(), request, flow, throttle);
            fetches.put(a.flow(), fetch);
            engine.threads().execute(() -> flow.run(fetch));
        }
    }

    /// A flow is over.
    ///
    /// @param trouble of this host, if that is why
    void flowEnded(Action.Start a, DownloadEvent event, @Nullable IOException trouble) {
        lock.locked(() -> {
            fetches.remove(a.flow());
            if (trouble != null) {
                finish(End.LocalTrouble.of(trouble));
            }
            on(event);
        });
    }

    /// A flow brought the digests of a piece.
    boolean digests(int piece, List<Sha256> digests) {
        return lock.asked(() -> {
            boolean match = state.digestsMatch(piece, digests);
            if (match) {
                int first = state.geometry().firstBlockOfPiece(piece);
                on(new DownloadEvent.BlockDigestsKnown(first, digests));
                lock.signalAll();
            }
            return match;
        });
    }

    /// What a block that a flow brought is worth; waits where its digest is still on its way.
    Verdict verdict(int flow, int block, Sha256 digest) {
        return lock.awaited(
                () -> state.verdict(flow, block, digest),
                verdict -> verdict != Verdict.UNKNOWN || !alive(),
                DIGEST_WAIT_NANOS);
    }

    /// Stores an accepted block. Blocks, and so not under the lock.
    void store(Action.Start flow, int block, Sha256 digest, ByteBuffer data) throws IOException {
        int bytes = data.remaining();
        try {
            stored.write(block, digest, data);
        } catch (IOException e) {
            lock.locked(() -> on(new DownloadEvent.NotStored(block)));
            throw e;
        }
        StatusBoard.Source source =
                flow.parent().isSeed() ? StatusBoard.Source.SUPERNODE : StatusBoard.Source.PEER;
        String parent = flow.address().toString();
        lock.locked(() -> verifiedBlock(block, bytes, source, parent));
    }

    private void verifiedBlock(int block, int bytes, StatusBoard.Source source, String parent) {
        on(new DownloadEvent.Stored(block));
        listeners.verified(bytes, source, parent);
        finishIfComplete();
    }

    void receivedBytes(int flow, int bytes) {
        lock.locked(() -> {
            reports.received(bytes, engine.nanoTime());
            on(new DownloadEvent.Received(flow, bytes));
        });
    }

    /// A block that lies in this version's file is verified at once; others are copied first.
    private void adopt(int block) {
        StoredVersion donor = recalled.donor(block);
        if (donor == null) {
            adopted(block);
        } else {
            adoptions.add(block, donor, state.geometry().blockLength(block));
        }
    }

    @Override
    public void adopted(int block) {
        lock.locked(() -> {
            int bytes = state.geometry().blockLength(block);
            verifiedBlock(block, bytes, StatusBoard.Source.STORE, "store");
        });
    }

    @Override
    public void notAdopted(int block, IOException why) {
        LOG.info("cannot keep version={} block={}: {}", version(), block, why.getMessage());
        lock.locked(() -> on(new DownloadEvent.NotStored(block)));
    }

    @Override
    public void rechecked(int firstBlock, int endBlock, Map<Integer, Sha256> bad) {
        lock.locked(() -> {
            bad.keySet().forEach(block -> on(new DownloadEvent.Lost(block)));
            reports.rechecked(
                    firstBlock,
                    endBlock,
                    bad.keySet().stream().map(state.geometry()::rangeOfBlock).distinct().toList());
        });
    }

    @Override
    public void gone(IOException why) {
        LOG.warn("cannot serve version={} any more: {}", version(), why.getMessage());
        leave();
    }

    private void drop(int block) {
        try {
            recalled.drop(block);
        } catch (IOException e) {
            finish(End.LocalTrouble.of(e));
        }
    }

    private void finishIfComplete() {
        if (state.complete()) {
            finish(new End.Complete());
        }
    }

    private void finish(End how) {
        if (end == null || (end instanceof End.Complete && !(how instanceof End.Complete))) {
            end = how;
            lock.signalAll();
            listeners.changed();
        }
    }
}
