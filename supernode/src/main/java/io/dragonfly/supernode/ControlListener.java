// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.HelloAnswer;
import io.dragonfly.core.protocol.ProtocolException;
import io.dragonfly.core.protocol.ProtocolVersion;
import io.dragonfly.core.protocol.RangeBits;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Placement;
import io.dragonfly.net.control.ControlServer;
import io.dragonfly.net.control.PeerStream;
import io.dragonfly.net.piece.PieceClient;
import io.dragonfly.net.piece.Throttle;
import io.dragonfly.origin.OriginException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/// Turns what peers say into events of the [SwarmLoop] and questions to the [SeedLibrary].
final class ControlListener implements ControlServer.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ControlListener.class);
    private static final Duration DIAL_BACK = Duration.ofSeconds(3);

    /// Registrations that may be waiting for an origin at the same time.
    private static final int MAX_REGISTRATIONS = 10_000;

    private final SupernodeConfig config;
    private final String name;
    private final SwarmLoop loop;
    private final SeedLibrary library;
    private final SupernodeMetrics metrics;
    private final PieceClient dialler;
    private final ExecutorService threads;
    private final Throttle uploads;
    private final int seedPort;
    private final Map<PeerStream, PeerId> peers = new ConcurrentHashMap<>();
    private final Semaphore registrations = new Semaphore(MAX_REGISTRATIONS);

    /// @param name of this start of the supernode
    /// @param uploads limit of contents that are sent with the answer
    ControlListener(
            SupernodeConfig config,
            String name,
            SwarmLoop loop,
            SeedLibrary library,
            SupernodeMetrics metrics,
            PieceClient dialler,
            ExecutorService threads,
            Throttle uploads,
            int seedPort) {
        this.config = config;
        this.name = name;
        this.loop = loop;
        this.library = library;
        this.metrics = metrics;
        this.dialler = dialler;
        this.threads = threads;
        this.uploads = uploads;
        this.seedPort = seedPort;
    }

    @Override
    public HelloAnswer hello(PeerStream stream, FromPeer.Hello hello) {
        String token = config.clusterToken();
        if (token != null && !same(token, hello.clusterToken())) {
            return new FromSupernode.Rejected(
                    "denied", "wrong cluster token: check --cluster-token");
        }
        PeerId id;
        try {
            id = new PeerId(hello.peer());
        } catch (IllegalArgumentException e) {
            return new FromSupernode.Rejected("bad-hello", String.valueOf(e.getMessage()));
        }
        peers.put(stream, id);
        String host = hello.advertise() == null ? stream.remoteHost() : hello.advertise();
        HostPort address = hello.piecePort() == 0 ? null : new HostPort(host, hello.piecePort());
        Placement placement = new Placement(hello.hostGroup(), hello.idc(), hello.securityDomain());
        SwarmLoop.Member member =
                new SwarmLoop.Member(
                        id, hello.hostname(), stream, address, placement, hello.software());
        loop.post(() -> loop.peerUp(member));
        if (address != null) {
            threads.execute(() -> dialBack(id, address));
        }
        int version = ProtocolVersion.MAX;
        long spread = 1000 + 10L * peers.size();
        return new FromSupernode.Welcome(version, name, config.advertise(), seedPort, spread);
    }

    private static boolean same(String token, @Nullable String shown) {
        return shown != null
                && MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.UTF_8),
                        shown.getBytes(StandardCharsets.UTF_8));
    }

    /// A peer is offered to others only after it was reached at the address it will be offered by.
    private void dialBack(PeerId id, HostPort address) {
        boolean reached = dialler.probe(address, id, DIAL_BACK);
        if (!reached) {
            LOG.warn(
                    "peer cannot be dialled, it will not be offered peer={} address={}",
                    id,
                    address);
        }
        loop.post(() -> loop.decide(new Event.Reachable(id, reached)));
    }

    @Override
    public void received(PeerStream stream, List<FromPeer> messages) {
        PeerId peer = peers.get(stream);
        if (peer == null) {
            return;
        }
        for (FromPeer message : messages) {
            if (message instanceof FromPeer.Register register) {
                register(stream, register);
            } else {
                loop.post(() -> apply(peer, stream, message));
            }
        }
    }

    @Override
    public void closed(PeerStream stream, String reason) {
        PeerId peer = peers.remove(stream);
        if (peer != null) {
            LOG.info("peer gone peer={} host={} reason={}", peer, stream.remoteHost(), reason);
            loop.post(() -> loop.peerGone(peer, stream));
        }
    }

    private void register(PeerStream stream, FromPeer.Register m) {
        if (!registrations.tryAcquire()) {
            stream.send(
                    new FromSupernode.Refused(
                            m.request(), "overloaded", "too many registrations wait", 1000, false));
            return;
        }
        threads.execute(() -> {
            try {
                metrics.registrations.increment();
                FromSupernode answer = answer(m);
                if (answer instanceof FromSupernode.Refused) {
                    metrics.refusals.increment();
                }
                stream.send(answer);
            } finally {
                registrations.release();
            }
        });
    }

    private FromSupernode answer(FromPeer.Register m) {
        try {
            SeedVersion version = library.obtain(spec(m));
            long length = version.geometry().length();
            boolean small = length >= 0 && length <= config.inlineBytes();
            String inline = m.wantsInline() && small ? inline(version) : null;
            return Messages.registered(m.request(), version, inline);
        } catch (IllegalArgumentException | URISyntaxException e) {
            return new FromSupernode.Refused(
                    m.request(), "url-refused", String.valueOf(e.getMessage()), 0, false);
        } catch (OriginException e) {
            return refused(m, e);
        } catch (IOException e) {
            LOG.warn("cannot store: {}", e.getMessage());
            return new FromSupernode.Refused(
                    m.request(),
                    "supernode-store-failed",
                    "the supernode cannot store the content: " + e.getMessage(),
                    0,
                    true);
        }
    }

    /// Where the seed cannot reach the origin the peers may be able to: a few of them at a time.
    private FromSupernode refused(FromPeer.Register m, OriginException e) {
        long wait = e.retryAfter().toMillis();
        boolean granted = false;
        if (e.kind() == OriginException.Kind.NETWORK) {
            wait = turn(m);
            granted = wait == 0;
        }
        return new FromSupernode.Refused(
                m.request(), e.kind().code(), String.valueOf(e.getMessage()), wait, granted);
    }

    private long turn(FromPeer.Register m) {
        try {
            return library.askForTurn(spec(m));
        } catch (URISyntaxException e) {
            throw new IllegalStateException("it was a URL before", e);
        }
    }

    private static TaskSpec spec(FromPeer.Register m) throws URISyntaxException {
        return new TaskSpec(
                new URI(m.url()),
                m.headers().stream().map(Header::parse).toList(),
                m.filter(),
                m.tag(),
                m.digest() == null ? null : Digest.parse(m.digest()),
                m.insecure(),
                m.caCerts());
    }

    private String inline(SeedVersion version) throws IOException {
        version.awaitRead();
        int length = Math.toIntExact(version.geometry().length());
        uploads.acquire(Math.max(1, length));
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int block = 0; block < version.geometry().blocks(); block++) {
            version.stored().read(block, bytes);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /// On the loop's thread.
    private void apply(PeerId peer, PeerStream stream, FromPeer message) {
        if (message instanceof FromPeer.Bye) {
            loop.peerGone(peer, stream);
            return;
        }
        if (message instanceof FromPeer.Slots m) {
            loop.decide(new Event.SlotsChanged(peer, m.download(), m.upload()));
            return;
        }
        String version = versionOf(message);
        Swarm swarm = loop.swarm(new VersionId(version));
        if (swarm == null) {
            stream.send(
                    new FromSupernode.Ended(
                            version, "version-unknown", "ask for the task again", false));
            return;
        }
        switch (message) {
            case FromPeer.Announce m -> announce(swarm, peer, stream, m);
            case FromPeer.Progress m -> progress(swarm.id(), peer, m);
            case FromPeer.Failed m -> failed(swarm.id(), peer, m);
            case FromPeer.Slow m ->
                    loop.decide(
                            new Event.Slow(
                                    peer,
                                    swarm.id(),
                                    m.range(),
                                    new PeerId(m.parent()),
                                    m.block()));
            case FromPeer.Leave _ -> {
                loop.leave(swarm, peer);
                loop.decide(new Event.Left(peer, swarm.id()));
            }
            case FromPeer.AskOrigin _ ->
                    // The seed is alive and reads; a slow origin is no reason to ask it twice.
                    stream.send(new FromSupernode.OriginGranted(version, false, 5000));
            case FromPeer.Hello _, FromPeer.Register _, FromPeer.Slots _, FromPeer.Bye _ -> {}
        }
    }

    private static String versionOf(FromPeer message) {
        return switch (message) {
            case FromPeer.Announce m -> m.version();
            case FromPeer.Progress m -> m.version();
            case FromPeer.Failed m -> m.version();
            case FromPeer.Slow m -> m.version();
            case FromPeer.Leave m -> m.version();
            case FromPeer.AskOrigin m -> m.version();
            case FromPeer.Hello _, FromPeer.Register _, FromPeer.Slots _, FromPeer.Bye _ -> "";
        };
    }

    private void announce(Swarm swarm, PeerId peer, PeerStream stream, FromPeer.Announce m) {
        int ranges = swarm.ranges() < 0 ? RangeBits.MAX_RANGES : swarm.ranges();
        BitSet claimed;
        try {
            claimed = RangeBits.decode(m.ranges(), ranges);
        } catch (ProtocolException e) {
            stream.close(String.valueOf(e.getMessage()));
            return;
        }
        loop.join(swarm, peer);
        if (swarm.geometry().lengthKnown()) {
            // It may have become known after this peer's registration was answered.
            stream.send(new FromSupernode.Length(swarm.id().hex(), swarm.geometry().length()));
        }
        claimed.stream()
                .map(swarm.geometry()::pieceOfRange)
                .distinct()
                .forEach(piece -> tellPiece(swarm, piece, peer));
        for (int piece : m.partialPieces()) {
            loop.sendBlockDigests(swarm, piece, peer);
            if (swarm.pieceDigest(piece) == null) {
                swarm.subscribe(piece, peer);
            }
        }
        // What is claimed counts when the peer has compared it and reports it as done.
        loop.decide(new Event.Joined(peer, swarm.id(), new BitSet(), m.wants(), m.next()));
    }

    private void tellPiece(Swarm swarm, int piece, PeerId peer) {
        Sha256 digest = swarm.pieceDigest(piece);
        if (digest == null) {
            swarm.claim(piece, peer);
        } else {
            loop.send(peer, Messages.pieceDigests(swarm.id(), piece, List.of(digest)));
        }
    }

    private void progress(VersionId version, PeerId peer, FromPeer.Progress m) {
        m.started().forEach(range -> loop.decide(new Event.Started(peer, version, range)));
        m.done().forEach(range -> loop.decide(new Event.Done(peer, version, range)));
        loop.decide(new Event.Needs(peer, version, m.next()));
    }

    private void failed(VersionId version, PeerId peer, FromPeer.Failed m) {
        metrics.rangeFailures.increment();
        PeerId parent = new PeerId(m.parent());
        SwarmLoop.Member from = loop.peers().get(parent);
        LOG.info(
                "range failed version={} range={} peer={} parent={} address={} reason={}",
                version,
                m.range(),
                peer,
                parent,
                from == null ? "-" : from.address(),
                m.reason());
        loop.decide(new Event.Failed(peer, version, m.range(), parent, m.reason(), m.block()));
    }
}
