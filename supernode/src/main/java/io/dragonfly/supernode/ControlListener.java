// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.TaskKey;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.HelloAnswer;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Placement;
import io.dragonfly.net.control.ControlServer;
import io.dragonfly.net.control.PeerStream;
import io.dragonfly.net.piece.PieceClient;
import io.dragonfly.net.piece.Throttle;
import io.dragonfly.origin.OriginException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/// Turns what peers say into events of the [SwarmLoop] and questions to the [SeedLibrary].
final class ControlListener implements ControlServer.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ControlListener.class);
    private static final Duration DIAL_BACK = Duration.ofSeconds(3);

    /// Ids end up in log lines.
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1,128}");

    /// A small content that takes longer is slower than any origin that still works: the reading
    /// itself gives up before.
    private static final Duration INLINE_READ = Duration.ofMinutes(15);

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
    private final PeerReports reports;
    private final PeerSessions sessions = new PeerSessions(PeerSessions.MAX_PER_HOST);
    private final OriginLeases leases = new OriginLeases(OriginLeases.Settings.DEFAULT);
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
        this.reports = new PeerReports(loop, metrics);
    }

    @Override
    public HelloAnswer hello(PeerStream stream, FromPeer.Hello hello, int version) {
        String token = config.clusterToken();
        String shown = hello.clusterToken();
        if (token != null && (shown == null || !Secret.sameText(token, shown))) {
            return new FromSupernode.Rejected(
                    "denied", "wrong cluster token: check --cluster-token");
        }
        if (!PRINTABLE.matcher(hello.peer()).matches()
                || PeerId.SEED.value().equals(hello.peer())) {
            return new FromSupernode.Rejected(
                    "bad-hello", "a peer id has 1 to 128 printable characters and is not 'seed'");
        }
        PeerId id = new PeerId(hello.peer());
        String host = hello.advertise() == null ? stream.remoteHost() : hello.advertise();
        HostPort address = hello.piecePort() == 0 ? null : new HostPort(host, hello.piecePort());
        PeerSessions.Refusal refusal = sessions.enter(new PeerSession(id, stream));
        if (refusal != null) {
            return new FromSupernode.Rejected(refusal.code(), refusal.message());
        }
        Placement placement = new Placement(hello.hostGroup(), hello.idc(), hello.securityDomain());
        ConnectedPeer member =
                new ConnectedPeer(
                        id, hello.hostname(), stream, address, placement, hello.software());
        loop.post(() -> loop.peerUp(member));
        if (address != null) {
            threads.execute(() -> dialBack(member, address));
        }
        long spread = 1000 + 10L * sessions.size();
        return new FromSupernode.Welcome(version, name, config.advertise(), seedPort, spread);
    }

    /// A peer is offered to others only after it was reached at the address it will be offered by.
    @SuppressWarnings("ReferenceEquality") // not another stream of that id
    private void dialBack(ConnectedPeer member, HostPort address) {
        Optional<String> trouble = dialler.probe(address, member.id(), DIAL_BACK);
        if (trouble.isPresent()) {
            LOG.warn(
                    "peer cannot be dialled, it will not be offered peer={} address={} reason={}",
                    member.id(),
                    address,
                    trouble.get());
        }
        loop.post(() -> {
            if (loop.peers().get(member.id()) == member) {
                loop.decide(new Event.Reachable(member.id(), trouble.isEmpty()));
            }
        });
    }

    @Override
    public void received(PeerStream stream, List<FromPeer> messages) {
        PeerSession session = sessions.of(stream);
        if (session == null) {
            return;
        }
        List<Runnable> forLoop = new ArrayList<>(messages.size());
        for (FromPeer message : messages) {
            if (message instanceof FromPeer.OriginEnded m) {
                // Who was stopped by its user has no word of complaint.
                boolean good = m.read() || m.why().isEmpty();
                leases.ended(new TaskId(m.task()), session.id(), good, library.nowMillis());
            } else if (message instanceof FromPeer.Register register) {
                register(session, register);
            } else {
                forLoop.add(() -> reports.apply(session, message));
            }
        }
        if (!forLoop.isEmpty()) {
            loop.post(forLoop);
        }
    }

    @Override
    public void closed(PeerStream stream, String reason) {
        PeerSession session = sessions.leave(stream);
        if (session != null) {
            PeerId peer = session.id();
            LOG.info("peer gone peer={} host={} reason={}", peer, session.host(), reason);
            leases.gone(peer);
            loop.post(() -> loop.peerGone(peer, stream));
        }
    }

    private void register(PeerSession session, FromPeer.Register m) {
        boolean mine = session.tryRegister();
        boolean all = mine && registrations.tryAcquire();
        if (!all) {
            if (mine) {
                session.registered();
            }
            FromSupernode overloaded =
                    new FromSupernode.Refused(
                            m.request(), "overloaded", "too many registrations wait", 1000, false);
            session.stream().send(overloaded);
            return;
        }
        threads.execute(() -> {
            try {
                metrics.registrations.increment();
                FromSupernode answer = answer(session.id(), m);
                if (answer instanceof FromSupernode.Refused) {
                    metrics.refusals.increment();
                }
                if (answer instanceof FromSupernode.Registered r) {
                    session.admit(new VersionId(r.version()), new Secret(r.secret()));
                }
                session.stream().send(answer);
            } finally {
                registrations.release();
                session.registered();
            }
        });
    }

    private FromSupernode answer(PeerId peer, FromPeer.Register m) {
        try {
            if (m.held() != null) {
                return served(m, new VersionId(m.held()));
            }
            SeedVersion version = library.obtain(spec(m));
            long length = version.geometry().length();
            boolean small = length >= 0 && length <= config.inlineBytes();
            String inline = m.wantsInline() && small ? inline(version) : null;
            return Messages.registered(m.request(), version, inline);
        } catch (IllegalArgumentException | URISyntaxException e) {
            return new FromSupernode.Refused(
                    m.request(), "url-refused", String.valueOf(e.getMessage()), 0, false);
        } catch (OriginException e) {
            return refused(peer, m, e);
        } catch (IOException e) {
            LOG.warn("cannot store: {}", e.getMessage());
            String why = "the supernode cannot store it: " + e.getMessage();
            return withTurn(peer, m, "supernode-store-failed", why);
        } catch (RuntimeException e) {
            LOG.error("bug in a registration", e);
            return new FromSupernode.Refused(
                    m.request(), "internal", "internal error of the supernode: " + e, 0, false);
        }
    }

    /// For a peer that lost its stream and goes on serving what it has.
    private FromSupernode served(FromPeer.Register m, VersionId held)
            throws IOException, URISyntaxException {
        try {
            Optional<SeedVersion> version = library.given(spec(m), held);
            if (version.isPresent()) {
                return Messages.registered(m.request(), version.get(), null);
            }
        } catch (OriginException e) {
            LOG.debug("not given to who holds it version={} cause={}", held, e.getMessage());
        }
        return Messages.notGiven(m.request());
    }

    /// Where the seed cannot reach the origin the peers may be able to: a few of them at a time.
    private FromSupernode refused(PeerId peer, FromPeer.Register m, OriginException e) {
        String code = e.kind().code();
        String why = String.valueOf(e.getMessage());
        if (e.kind() == OriginException.Kind.NETWORK) {
            return withTurn(peer, m, code, why);
        }
        long wait = e.retryAfter().toMillis();
        return new FromSupernode.Refused(m.request(), code, why, wait, false);
    }

    private FromSupernode withTurn(PeerId peer, FromPeer.Register m, String code, String why) {
        OriginLeases.Answer turn = turn(peer, m);
        boolean granted = turn instanceof OriginLeases.Answer.Granted;
        long wait = turn instanceof OriginLeases.Answer.AskAgain(long millis) ? millis : 0;
        return new FromSupernode.Refused(m.request(), code, why, wait, granted);
    }

    private OriginLeases.Answer turn(PeerId peer, FromPeer.Register m) {
        try {
            TaskSpec spec = spec(m);
            String authority = String.valueOf(spec.url().getRawAuthority());
            String host = authority.substring(authority.lastIndexOf('@') + 1);
            return leases.ask(TaskKey.of(spec), host, peer, library.nowMillis());
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
        version.awaitRead(INLINE_READ);
        int length = Math.toIntExact(version.geometry().length());
        uploads.acquire(Math.max(1, length));
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int block = 0; block < version.geometry().blocks(); block++) {
            version.stored().read(block, bytes);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
