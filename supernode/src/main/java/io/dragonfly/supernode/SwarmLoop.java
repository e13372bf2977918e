// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Placement;
import io.dragonfly.core.scheduler.Scheduler;
import io.dragonfly.net.control.PeerStream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// The one owner of what the supernode knows of peers and swarms, and of the [Scheduler].
/// Everything that happens is posted to a bounded queue and applied by one thread, in order;
/// nothing here blocks. The knowledge is soft: it can be lost at any time, peers announce
/// themselves again.
final class SwarmLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SwarmLoop.class);

    private static final int QUEUE = 100_000;
    private static final long IDLE_NANOS = 1_000_000_000L;

    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Scheduler scheduler;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private volatile boolean closed;

    private final Map<PeerId, Member> peers = new LinkedHashMap<>();
    private final Map<VersionId, Swarm> swarms = new LinkedHashMap<>();
    private final Crowd everybody = new Crowd();
    private long wakeAt = Long.MAX_VALUE;
    private final AtomicLong decisions = new AtomicLong();

    /// A connected peer.
    ///
    /// @param address where others fetch from it; null: nowhere
    record Member(
            PeerId id,
            String hostname,
            PeerStream stream,
            @Nullable HostPort address,
            Placement placement,
            String software) {}

    SwarmLoop(Scheduler scheduler, LongSupplier nanoTime) {
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().name("swarm-loop").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Has `action` applied by the loop's thread; waits while the queue is full, so that a fast
    /// origin or a storm of reports slows down those who cause it.
    void post(Runnable action) {
        try {
            queue.put(action);
        } catch (InterruptedException e) {
            throw new IllegalStateException("the supernode's threads are never interrupted", e);
        }
    }

    /// Asks the loop for something, for the API.
    <T> T ask(Function<SwarmLoop, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        post(() -> answer.complete(question.apply(this)));
        try {
            return answer.get(10, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the swarm loop does not answer", e);
        }
    }

    private void run() {
        while (!closed) {
            try {
                long now = nanoTime.getAsLong();
                long wait = Math.max(0, Math.min(IDLE_NANOS, wakeAt - now));
                Runnable action = queue.poll(wait, TimeUnit.NANOSECONDS);
                if (action != null) {
                    action.run();
                }
                if (nanoTime.getAsLong() >= wakeAt) {
                    wakeAt = Long.MAX_VALUE;
                    decide(new Event.Tick());
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("the swarm loop is never interrupted", e);
            } catch (RuntimeException e) {
                LOG.error("bug in the swarm loop", e);
            }
        }
    }

    // What follows runs on the loop's thread only.

    Map<PeerId, Member> peers() {
        return peers;
    }

    Map<VersionId, Swarm> swarms() {
        return swarms;
    }

    @Nullable Swarm swarm(VersionId id) {
        return swarms.get(id);
    }

    void peerUp(Member member) {
        Member old = peers.put(member.id(), member);
        if (old != null) {
            decide(new Event.PeerDown(member.id()));
            old.stream().close("another stream of the same peer");
        }
        decide(new Event.PeerUp(member.id(), member.placement(), false));
        FromSupernode size = new FromSupernode.SwarmSize(null, peers.size());
        if (everybody.tellAll(peers.size())) {
            peers.keySet().forEach(peer -> send(peer, size));
        } else {
            send(member.id(), size);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very same stream
    void peerGone(PeerId id, PeerStream stream) {
        Member member = peers.get(id);
        if (member == null || member.stream() != stream) {
            return;
        }
        peers.remove(id);
        swarms.values().forEach(swarm -> leave(swarm, id));
        decide(new Event.PeerDown(id));
    }

    void leave(Swarm swarm, PeerId peer) {
        boolean was = swarm.members.contains(peer);
        swarm.gone(peer);
        if (was && swarm.members.isEmpty()) {
            swarm.seed().stored().release();
        }
    }

    void join(Swarm swarm, PeerId peer) {
        if (swarm.members.isEmpty()) {
            swarm.seed().stored().retain();
        }
        swarm.members.add(peer);
    }

    /// A member says whether it lacks anything; how many do decides how long each waits for its
    /// turn at the origin when all supernodes are gone.
    void wants(Swarm swarm, PeerId peer, boolean wants) {
        swarm.wants(peer, wants);
        int now = swarm.wanting().size();
        FromSupernode size = new FromSupernode.SwarmSize(swarm.id().hex(), now);
        if (swarm.crowd.tellAll(now)) {
            swarm.wanting().forEach(other -> send(other, size));
        } else if (wants) {
            send(peer, size);
        }
    }

    /// A version is given out; what the store has of it is offered at once.
    void open(SeedVersion version) {
        VersionId id = version.version().id();
        Swarm known = swarms.get(id);
        if (known != null && known.seed() == version) {
            return;
        }
        if (known != null) {
            decide(new Event.SwarmClosed(id));
        }
        Swarm swarm = new Swarm(version);
        swarms.put(id, swarm);
        decide(new Event.SwarmOpened(id, swarm.geometry()));
        version.stored().blocks().stream()
                .forEach(block ->
                        version.stored()
                                .digest(block)
                                .ifPresent(digest -> blockRead(swarm, block, digest)));
    }

    void blockRead(SeedVersion version, int block, Sha256 digest) {
        Swarm swarm = swarms.get(version.version().id());
        if (swarm != null && swarm.seed() == version && swarm.blockDigest(block) == null) {
            blockRead(swarm, block, digest);
        }
    }

    private void blockRead(Swarm swarm, int block, Sha256 digest) {
        Sha256 piece = swarm.blockRead(block, digest);
        int number = swarm.geometry().pieceOfBlock(block);
        FromSupernode pushed = Messages.blockDigests(swarm.id(), block, List.of(digest));
        for (PeerId peer : swarm.subscribers(number)) {
            send(peer, pushed);
        }
        if (piece != null) {
            pieceRead(swarm, number, piece);
        }
        int range = swarm.geometry().rangeOfBlock(block);
        if (block == swarm.geometry().firstBlockOfRange(range)) {
            decide(new Event.SeedHas(swarm.id(), range));
        }
    }

    private void pieceRead(Swarm swarm, int piece, Sha256 digest) {
        FromSupernode message = Messages.pieceDigests(swarm.id(), piece, List.of(digest));
        for (PeerId peer : swarm.takeClaimants(piece)) {
            send(peer, message);
        }
    }

    void lengthKnown(SeedVersion version, long length) {
        Swarm swarm = swarms.get(version.version().id());
        if (swarm == null || swarm.seed() != version || swarm.geometry().lengthKnown()) {
            return;
        }
        swarm.lengthKnown(length);
        FromSupernode message = new FromSupernode.Length(swarm.id().hex(), length);
        swarm.members.forEach(peer -> send(peer, message));
        decide(new Event.LengthKnown(swarm.id(), length));
        Sha256 last = swarm.lastPieceNow();
        if (last != null) {
            pieceRead(swarm, swarm.geometry().pieces() - 1, last);
        }
    }

    void ended(SeedVersion version, FromSupernode.Ended message) {
        Swarm swarm = swarms.get(version.version().id());
        if (swarm == null || swarm.seed() != version) {
            return;
        }
        swarm.members.forEach(peer -> send(peer, message));
        close(swarm);
    }

    /// Forgets versions that nobody is a member of and nobody asked for lately.
    void closeUnused(long unusedSinceMillis) {
        for (Swarm swarm : List.copyOf(swarms.values())) {
            SeedVersion seed = swarm.seed();
            boolean old = seed.stored().lastUsedMillis() < unusedSinceMillis;
            if (swarm.members.isEmpty() && !seed.reading() && old) {
                close(swarm);
            }
        }
    }

    private void close(Swarm swarm) {
        if (!swarm.members.isEmpty()) {
            swarm.seed().stored().release();
        }
        swarms.remove(swarm.id());
        decide(new Event.SwarmClosed(swarm.id()));
    }

    void send(PeerId peer, FromSupernode message) {
        Member member = peers.get(peer);
        if (member != null) {
            member.stream().send(message);
        }
    }

    /// Gives the scheduler an event and carries out its commands.
    void decide(Event event) {
        decisions.incrementAndGet();
        for (Command command : scheduler.on(event, nanoTime.getAsLong())) {
            switch (command) {
                case Command.Offer offer -> offer(offer);
                case Command.Cancel c ->
                        send(
                                c.peer(),
                                new FromSupernode.Cancel(
                                        c.version().hex(), c.range(), c.parent().value()));
                case Command.Isolated i -> LOG.warn("isolated peer={} why={}", i.peer(), i.why());
                case Command.Blacklisted b ->
                        LOG.warn(
                                "blacklisted parent={} for={} why={}",
                                b.parent(),
                                b.peer(),
                                b.why());
                case Command.AtLimit l ->
                        LOG.warn("at limit what={} limit={}", l.what(), l.limit());
                case Command.WakeAt wake -> wakeAt = Math.min(wakeAt, wake.nanos());
            }
        }
    }

    private void offer(Command.Offer offer) {
        Swarm swarm = swarms.get(offer.version());
        Member parent = peers.get(offer.parent());
        if (swarm == null || (parent == null && !offer.parent().isSeed())) {
            return;
        }
        int piece = swarm.geometry().pieceOfRange(offer.range());
        Sha256 digest = swarm.pieceDigest(piece);
        if (digest == null) {
            sendBlockDigests(swarm, piece, offer.peer());
            swarm.subscribe(piece, offer.peer());
        }
        HostPort address = parent == null ? null : parent.address();
        send(
                offer.peer(),
                new FromSupernode.Offer(
                        offer.version().hex(),
                        offer.range(),
                        offer.block(),
                        offer.parent().value(),
                        address == null ? null : address.host(),
                        address == null ? 0 : address.port(),
                        digest == null ? null : digest.hex()));
    }

    /// Digests of the blocks of a piece, as far as they are known.
    void sendBlockDigests(Swarm swarm, int piece, PeerId peer) {
        int first = swarm.geometry().firstBlockOfPiece(piece);
        int end = swarm.geometry().endBlockOfPiece(piece);
        for (int block = first; block < end; block++) {
            List<Sha256> run = swarm.blockDigests(block, end);
            if (!run.isEmpty()) {
                send(peer, Messages.blockDigests(swarm.id(), block, run));
                block += run.size();
            }
        }
    }

    long decisions() {
        return decisions.get();
    }

    int queued() {
        return queue.size();
    }

    @Override
    public void close() {
        closed = true;
        post(() -> {});
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the supernode's threads are never interrupted", e);
        }
    }
}
