// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Scheduler;
import io.dragonfly.net.control.PeerStream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private final Scheduler scheduler;
    private final LongSupplier nanoTime;
    private final int maxSwarms;
    private final LoopThread thread;
    private @Nullable SwarmSeed seed;

    private final Map<PeerId, ConnectedPeer> peers = new LinkedHashMap<>();
    private final Map<VersionId, Swarm> swarms = new LinkedHashMap<>();
    private final Crowd everybody = new Crowd();
    private long wakeAt = Long.MAX_VALUE;
    private final AtomicLong decisions = new AtomicLong();
    private final Outgoing outgoing;

    /// @param maxSwarms versions at a time; beyond them those without members are closed
    SwarmLoop(Scheduler scheduler, LongSupplier nanoTime, int maxSwarms) {
        this.scheduler = scheduler;
        this.maxSwarms = maxSwarms;
        this.nanoTime = nanoTime;
        this.thread = new LoopThread(nanoTime, new Rounds());
        this.outgoing = new Outgoing(thread::bug);
    }

    void start(SwarmSeed of) {
        seed = of;
        thread.start();
    }

    /// Has `action` applied by the loop's thread; waits while the queue is full, so that a fast
    /// origin or a storm of reports slows down those who cause it.
    void post(Runnable action) {
        thread.post(action);
    }

    /// As [#post], of actions that come together: what they say to a peer goes out together.
    void post(List<Runnable> actions) {
        thread.post(() -> actions.forEach(thread::apply));
    }

    /// Asks the loop for something, for the API; what was posted before is done and said then.
    <T> T ask(Function<SwarmLoop, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        post(() -> {
            outgoing.flush();
            answer.complete(question.apply(this));
        });
        try {
            return answer.get(10, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the swarm loop does not answer", e);
        }
    }

    private final class Rounds implements LoopThread.Rounds {
        @Override
        public long wakeAt() {
            return wakeAt;
        }

        @Override
        public void tick() {
            wakeAt = Long.MAX_VALUE;
            decide(new Event.Tick());
        }

        @Override
        public void ended() {
            outgoing.flush();
        }
    }

    // What follows runs on the loop's thread only.

    Map<PeerId, ConnectedPeer> peers() {
        return peers;
    }

    Map<VersionId, Swarm> swarms() {
        return swarms;
    }

    @Nullable Swarm swarm(VersionId id) {
        return swarms.get(id);
    }

    void peerUp(ConnectedPeer member) {
        ConnectedPeer old = peers.put(member.id(), member);
        if (old != null) {
            decide(new Event.PeerDown(member.id()));
            old.stream().close("another stream of the same peer");
        }
        String address = member.address() == null ? "" : member.address().toString();
        String host = member.stream().remoteHost();
        decide(new Event.PeerUp(member.id(), host, address, member.placement(), false));
        FromSupernode size = new FromSupernode.SwarmSize(null, peers.size());
        if (everybody.tellAll(peers.size())) {
            peers.keySet().forEach(peer -> send(peer, size));
        } else {
            send(member.id(), size);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very same stream
    void peerGone(PeerId id, PeerStream stream) {
        ConnectedPeer member = peers.get(id);
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
            end(known, Messages.unknown(id));
        }
        if (swarms.size() >= maxSwarms && !makeRoom()) {
            LOG.warn("at limit what=versions in use limit={}", maxSwarms);
            return;
        }
        Swarm swarm = new Swarm(version);
        swarms.put(id, swarm);
        seed().opened(version);
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
        end(swarm, message);
    }

    private void end(Swarm swarm, FromSupernode message) {
        swarm.members.forEach(peer -> send(peer, message));
        close(swarm);
    }

    /// Closes the version that was given out first of those that nobody is a member of.
    private boolean makeRoom() {
        for (Swarm swarm : swarms.values()) {
            if (swarm.members.isEmpty() && !swarm.seed().reading()) {
                close(swarm);
                return true;
            }
        }
        return false;
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
        seed().retired(swarm.seed());
        decide(new Event.SwarmClosed(swarm.id()));
    }

    void send(PeerId peer, FromSupernode message) {
        ConnectedPeer member = peers.get(peer);
        if (member != null) {
            send(member.stream(), message);
        }
    }

    /// Sends after what was sent before; all that is sent to a stream meanwhile goes out together.
    void send(PeerStream to, FromSupernode message) {
        outgoing.add(to, message);
    }

    /// Gives the scheduler an event and carries out its commands.
    void decide(Event event) {
        decisions.incrementAndGet();
        for (Command command : scheduler.on(event, nanoTime.getAsLong())) {
            switch (command) {
                case Command.Offer offer -> offer(offer);
                case Command.Cancel c -> send(c.peer(), Messages.cancel(c));
                case Command.Recheck r -> recheck(r);
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

    private void recheck(Command.Recheck r) {
        Swarm swarm = swarms.get(r.version());
        if (swarm != null && r.peer().isSeed()) {
            seed().recheck(swarm.seed(), r.firstBlock(), r.endBlock());
        } else {
            String version = r.version().hex();
            send(r.peer(), new FromSupernode.Recheck(version, r.firstBlock(), r.endBlock()));
        }
    }

    private SwarmSeed seed() {
        return Objects.requireNonNull(seed);
    }

    private void offer(Command.Offer offer) {
        Swarm swarm = swarms.get(offer.version());
        ConnectedPeer parent = offer.parent().isSeed() ? null : peers.get(offer.parent());
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
        send(offer.peer(), Messages.offer(offer, address, digest));
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

    /// Exceptions that came out of what was posted.
    long bugs() {
        return thread.bugs();
    }

    /// Complaints about parents that those who complain did not fetch from.
    long ignoredComplaints() {
        return scheduler.ignoredComplaints();
    }

    int queued() {
        return thread.queued();
    }

    @Override
    public void close() {
        thread.close();
    }
}
