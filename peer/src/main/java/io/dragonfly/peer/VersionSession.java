// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.Action;
import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.download.DownloadSettings;
import io.dragonfly.core.download.DownloadState;
import io.dragonfly.core.download.Verdict;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.DigestList;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.net.control.ControlStream;
import io.dragonfly.net.piece.PieceClient;
import io.dragonfly.net.piece.RangeRequest;
import io.dragonfly.net.piece.RangeResult;
import io.dragonfly.storage.NoSpaceException;
import io.dragonfly.storage.StoredVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One version under one supernode: gives [DownloadState] its events and carries out its actions.
/// Goes on serving after the download is complete. Thread-safe: one lock around the state, held for
/// decisions and for what does not block.
final class VersionSession {
    private static final Logger LOG = LoggerFactory.getLogger(VersionSession.class);

    /// How long a block that overtook its digest waits for it.
    private static final long DIGEST_WAIT_NANOS = 5_000_000_000L;

    /// How a session ended for those who wait for its content.
    sealed interface End {
        /// Everything is here.
        record Complete() implements End {}

        /// The supernode is gone.
        record Lost() implements End {}

        /// The supernode gave the version up.
        record GivenUp(String code, String message, boolean mayAskOrigin) implements End {}

        /// This host cannot go on.
        record LocalTrouble(String code, String message) implements End {}
    }

    /// Hears what arrives. Called under the session's lock, so it must not call the session.
    interface Listener {
        /// A block became verified.
        void verified(int bytes, StatusBoard.Source source, String parent);

        /// Anything else changed (length, end).
        void changed();
    }

    private final Engine engine;
    private final ControlStream stream;
    private final HostPort seed;
    private final StoredVersion stored;
    private final Secret secret;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final DownloadState state;
    private final Recalled recalled;
    private final SlotControl slots = new SlotControl();
    private final Deque<Integer> adoptions = new ArrayDeque<>();
    private boolean adopting;
    private final Map<Integer, PieceClient.Fetch> fetches = new HashMap<>();
    private @Nullable End end;
    private @Nullable Listener listener;

    VersionSession(
            Engine engine,
            ControlStream stream,
            HostPort seed,
            StoredVersion stored,
            Secret secret,
            List<StoredVersion> others) {
        this.engine = engine;
        this.stream = stream;
        this.seed = seed;
        this.stored = stored;
        this.secret = secret;
        this.state = new DownloadState(stored.version().geometry(), DownloadSettings.DEFAULT);
        this.recalled = new Recalled(stored, others, state);
    }

    VersionId version() {
        return stored.version().id();
    }

    Secret secret() {
        return secret;
    }

    StoredVersion stored() {
        return stored;
    }

    ControlStream stream() {
        return stream;
    }

    Content content() {
        return new Content.Stored(stored, this::geometry, this::verified);
    }

    Geometry geometry() {
        lock.lock();
        try {
            return state.geometry();
        } finally {
            lock.unlock();
        }
    }

    private boolean verified(int block) {
        lock.lock();
        try {
            return state.verified(block);
        } finally {
            lock.unlock();
        }
    }

    /// Tells the supernode what is here and that the rest is wanted.
    void announce(Listener to) {
        locked(
                () -> {
                    listener = to;
                    if (end == null) {
                        stream.send(recalled.announcement(state.geometry(), true));
                        finishIfComplete();
                    }
                });
    }

    /// Waits until the version is complete or cannot be completed here.
    End awaitEnd() {
        lock.lock();
        try {
            while (end == null) {
                changed.awaitUninterruptibly();
            }
            return end;
        } finally {
            lock.unlock();
        }
    }

    boolean ended() {
        lock.lock();
        try {
            return end != null;
        } finally {
            lock.unlock();
        }
    }

    /// Whether somebody may still join: not lost, not given up.
    boolean alive() {
        lock.lock();
        try {
            return end == null || end instanceof End.Complete;
        } finally {
            lock.unlock();
        }
    }

    void received(FromSupernode message) {
        locked(
                () -> {
                    switch (message) {
                        case FromSupernode.Offer m -> offered(m);
                        case FromSupernode.Cancel m ->
                                on(new DownloadEvent.Withdrawn(m.range(), new PeerId(m.parent())));
                        case FromSupernode.BlockDigests m -> blockDigests(m);
                        case FromSupernode.PieceDigests m -> pieceDigests(m);
                        case FromSupernode.Length m -> length(m.length());
                        case FromSupernode.Ended m ->
                                finish(new End.GivenUp(m.code(), m.message(), m.mayAskOrigin()));
                        default -> LOG.debug("ignored {}", message);
                    }
                    if (listener != null) {
                        listener.changed();
                    }
                });
    }

    private void offered(FromSupernode.Offer m) {
        if (alive()) {
            PeerId parent = new PeerId(m.parent());
            HostPort address = m.host() == null ? seed : new HostPort(m.host(), m.port());
            Sha256 digest = m.pieceDigest() == null ? null : Sha256.parse(m.pieceDigest());
            on(new DownloadEvent.Offered(m.range(), parent, address, digest));
        }
    }

    private void blockDigests(FromSupernode.BlockDigests m) {
        List<Sha256> digests = DigestList.decode(m.digests());
        on(new DownloadEvent.BlockDigestsKnown(m.firstBlock(), digests));
        changed.signalAll();
    }

    private void pieceDigests(FromSupernode.PieceDigests m) {
        int piece = m.firstPiece();
        for (Sha256 digest : DigestList.decode(m.digests())) {
            on(new DownloadEvent.PieceDigestKnown(piece++, digest));
        }
        changed.signalAll();
    }

    private void length(long length) {
        try {
            stored.lengthKnown(length);
            on(new DownloadEvent.LengthKnown(length));
            finishIfComplete();
        } catch (IOException e) {
            localTrouble(e);
        }
    }

    void supernodeLost() {
        locked(
                () -> {
                    on(new DownloadEvent.SupernodeLost());
                    finish(new End.Lost());
                });
    }

    /// Ends what still runs: somebody else takes over, or nobody wants it.
    void abandon() {
        locked(
                () -> {
                    fetches.values().forEach(PieceClient.Fetch::cancel);
                    finish(new End.Lost());
                });
    }

    /// Says that nothing more is wanted and nothing served.
    void leave() {
        stream.send(new FromPeer.Leave(version().hex()));
        abandon();
    }

    /// Time passed.
    void tick() {
        locked(
                () -> {
                    if (state.flowCount() > 0) {
                        on(new DownloadEvent.Tick());
                    }
                });
    }

    /// The digests of all blocks of a piece, once they are known; waits for them at most `nanos`.
    @Nullable List<Sha256> pieceBlocks(int piece, long nanos) {
        lock.lock();
        try {
            long until = engine.nanoTime() + nanos;
            while (true) {
                List<Sha256> digests = state.expectedBlocks(piece);
                long left = until - engine.nanoTime();
                if (digests != null || left <= 0) {
                    return digests;
                }
                Waits.await(changed, left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Gives the state an event and does what it answers. Under the lock.
    private void on(DownloadEvent event) {
        for (Action action : state.on(event, engine.nanoTime())) {
            perform(action);
        }
    }

    private void perform(Action action) {
        String id = version().hex();
        switch (action) {
            case Action.Start a -> start(a);
            case Action.StopAtNextBlock a -> withFetch(a.flow(), PieceClient.Fetch::stopAtNextBlock);
            case Action.Cancel a -> withFetch(a.flow(), PieceClient.Fetch::cancel);
            case Action.Adopt a -> adopt(a.block());
            case Action.Drop a -> drop(a.block());
            case Action.ReportStarted a -> progress(List.of(a.range()), List.of());
            case Action.ReportDone a -> progress(List.of(), List.of(a.range()));
            case Action.ReportFailed(int range, PeerId parent, var reason, int block) ->
                    stream.send(new FromPeer.Failed(id, range, parent.value(), reason, block));
            case Action.ReportSlow(int range, PeerId parent, int block) ->
                    stream.send(new FromPeer.Slow(id, range, parent.value(), block));
        }
    }

    private void progress(List<Integer> started, List<Integer> done) {
        int next = state.geometry().rangeOfBlock(state.firstUnverified());
        String id = version().hex();
        stream.send(new FromPeer.Progress(id, started, done, next, slots.bytesPerSecond()));
    }

    private void withFetch(int flow, Consumer<PieceClient.Fetch> what) {
        PieceClient.Fetch fetch = fetches.get(flow);
        if (fetch != null) {
            what.accept(fetch);
        }
    }

    private void start(Action.Start a) {
        if (!alive()) {
            return;
        }
        RangeRequest request =
                new RangeRequest(
                        version(), secret, a.piece(), a.firstBlock(), a.endBlock(), a.wantsDigests());
        FlowReceiver receiver = new FlowReceiver(this, a);
        PieceClient.Fetch fetch = engine.fetch(a.address(), request, receiver);
        fetches.put(a.flow(), fetch);
        engine.spawn(() -> run(a, fetch, receiver));
    }

    private void run(Action.Start a, PieceClient.Fetch fetch, FlowReceiver receiver) {
        long started = engine.nanoTime();
        RangeResult result = fetch.run();
        DownloadEvent event = receiver.outcome(result);
        locked(
                () -> {
                    fetches.remove(a.flow());
                    if (event instanceof DownloadEvent.FlowFailed failed) {
                        LOG.info(
                                "range failed version={} piece={} parent={} address={} reason={} {}",
                                version(),
                                a.piece(),
                                a.parent(),
                                a.address(),
                                failed.reason(),
                                result);
                    } else {
                        slots.flowEnded(engine.nanoTime() - started).ifPresent(stream::send);
                    }
                    IOException trouble = receiver.trouble();
                    if (trouble != null) {
                        localTrouble(trouble);
                    }
                    on(event);
                });
    }

    /// A flow brought the digests of a piece.
    boolean digests(int piece, List<Sha256> digests) {
        lock.lock();
        try {
            if (!state.digestsMatch(piece, digests)) {
                return false;
            }
            int first = state.geometry().firstBlockOfPiece(piece);
            on(new DownloadEvent.BlockDigestsKnown(first, digests));
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// What a block that a flow brought is worth; waits where its digest is still on its way.
    Verdict verdict(int flow, int block, Sha256 digest) {
        lock.lock();
        try {
            long until = engine.nanoTime() + DIGEST_WAIT_NANOS;
            while (true) {
                Verdict verdict = state.verdict(flow, block, digest);
                long left = until - engine.nanoTime();
                if (verdict != Verdict.UNKNOWN || left <= 0 || !alive()) {
                    return verdict;
                }
                Waits.await(changed, left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Stores an accepted block. Blocks, and so not under the lock.
    void store(Action.Start flow, int block, Sha256 digest, ByteBuffer data) throws IOException {
        int bytes = data.remaining();
        try {
            stored.write(block, digest, data);
        } catch (IOException e) {
            locked(() -> on(new DownloadEvent.NotStored(block)));
            throw e;
        }
        StatusBoard.Source source =
                flow.parent().isSeed() ? StatusBoard.Source.SUPERNODE : StatusBoard.Source.PEER;
        String parent = flow.address().toString();
        locked(() -> verifiedBlock(block, bytes, source, parent));
    }

    private void adopted(int block) {
        int bytes = state.geometry().blockLength(block);
        verifiedBlock(block, bytes, StatusBoard.Source.STORE, "store");
    }

    private void verifiedBlock(int block, int bytes, StatusBoard.Source source, String parent) {
        on(new DownloadEvent.Stored(block));
        if (listener != null) {
            listener.verified(bytes, source, parent);
        }
        finishIfComplete();
    }

    void receivedBytes(int flow, int bytes) {
        locked(
                () -> {
                    slots.received(bytes, engine.nanoTime());
                    on(new DownloadEvent.Received(flow, bytes));
                });
    }

    /// A block that lies in this version's file is verified at once; copies from another version are
    /// made one after the other.
    private void adopt(int block) {
        if (recalled.donor(block) == null) {
            adopted(block);
            return;
        }
        adoptions.add(block);
        if (!adopting) {
            adopting = true;
            engine.spawn(this::adoptAll);
        }
    }

    private void adoptAll() {
        while (true) {
            int block;
            int length;
            StoredVersion donor;
            lock.lock();
            try {
                Integer next = adoptions.poll();
                donor = next == null ? null : recalled.donor(next);
                if (next == null || donor == null) {
                    adopting = false;
                    return;
                }
                block = next;
                length = state.geometry().blockLength(block);
            } finally {
                lock.unlock();
            }
            try {
                recalled.copy(block, donor, length);
                locked(() -> adopted(block));
            } catch (IOException e) {
                LOG.info("cannot keep version={} block={}: {}", version(), block, e.getMessage());
                locked(() -> on(new DownloadEvent.NotStored(block)));
            }
        }
    }

    private void drop(int block) {
        try {
            recalled.drop(block);
        } catch (IOException e) {
            localTrouble(e);
        }
    }

    private void localTrouble(IOException e) {
        String code = e instanceof NoSpaceException ? "no-space" : "store-failed";
        finish(new End.LocalTrouble(code, "cannot store the content: " + e.getMessage()));
    }

    private void finishIfComplete() {
        if (state.complete()) {
            finish(new End.Complete());
        }
    }

    private void finish(End how) {
        if (end == null || (end instanceof End.Complete && !(how instanceof End.Complete))) {
            end = how;
            changed.signalAll();
            if (listener != null) {
                listener.changed();
            }
        }
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
