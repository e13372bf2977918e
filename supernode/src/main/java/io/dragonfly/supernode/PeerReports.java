// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.ProtocolException;
import io.dragonfly.core.protocol.RangeBits;
import io.dragonfly.core.scheduler.Event;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.BitSet;
import java.util.List;

/// What peers say of versions, as events of the scheduler. Everything here may be a lie: who may
/// not speak of a version is answered as if there were none, and who names numbers that cannot be
/// loses his stream. Runs on the loop's thread.
final class PeerReports {
    private static final Logger LOG = LoggerFactory.getLogger(PeerReports.class);

    private final SwarmLoop loop;
    private final SupernodeMetrics metrics;

    PeerReports(SwarmLoop loop, SupernodeMetrics metrics) {
        this.loop = loop;
        this.metrics = metrics;
    }

    void apply(PeerSession session, FromPeer message) {
        if (session.ended()) {
            return;
        }
        switch (message) {
            case FromPeer.Bye _ -> loop.peerGone(session.id(), session.stream());
            case FromPeer.Slots m ->
                    loop.decide(new Event.SlotsChanged(session.id(), m.download(), m.upload()));
            case FromPeer.Hello _, FromPeer.Register _, FromPeer.OriginEnded _ -> {}
            case FromPeer.Announce m -> about(session, m.version(), m.secret(), m);
            case FromPeer.Progress m -> about(session, m.version(), null, m);
            case FromPeer.Failed m -> about(session, m.version(), null, m);
            case FromPeer.Ending m -> about(session, m.version(), null, m);
            case FromPeer.Slow m -> about(session, m.version(), null, m);
            case FromPeer.Rechecked m -> about(session, m.version(), null, m);
            case FromPeer.Leave m -> about(session, m.version(), null, m);
        }
    }

    private void about(
            PeerSession session, String version, @Nullable String secret, FromPeer message) {
        Swarm swarm = loop.swarm(new VersionId(version));
        if (swarm == null || !session.mayUse(swarm.id(), swarm.seed().secret(), secret)) {
            loop.send(session.stream(), Messages.unknown(new VersionId(version)));
            return;
        }
        String nonsense = Claims.nonsense(message, swarm.geometry());
        if (nonsense == null) {
            known(session, swarm, message);
        } else {
            drop(session, nonsense);
        }
    }

    private static void drop(PeerSession session, String why) {
        LOG.warn("peer talks nonsense peer={} host={}: {}", session.id(), session.host(), why);
        session.end();
        session.stream().close(why);
    }

    private void known(PeerSession session, Swarm swarm, FromPeer message) {
        PeerId peer = session.id();
        VersionId version = swarm.id();
        switch (message) {
            case FromPeer.Announce m -> announce(swarm, session, m);
            case FromPeer.Progress m -> progress(swarm, peer, m);
            case FromPeer.Failed m -> failed(version, peer, m);
            case FromPeer.Ending m -> loop.decide(new Event.Ending(peer, version, m.range()));
            case FromPeer.Slow m -> {
                PeerId parent = new PeerId(m.parent());
                loop.decide(new Event.Slow(peer, version, m.range(), parent, m.block()));
            }
            case FromPeer.Rechecked m -> {
                LOG.info("hashed again version={} peer={} lost={}", version, peer, m.lost());
                loop.decide(new Event.Rechecked(peer, version, m.firstBlock(), m.lost()));
            }
            case FromPeer.Leave _ -> {
                loop.leave(swarm, peer);
                loop.decide(new Event.Left(peer, version));
            }
            case FromPeer.Hello _,
                    FromPeer.Register _,
                    FromPeer.Slots _,
                    FromPeer.OriginEnded _,
                    FromPeer.Bye _ -> {}
        }
    }

    private void announce(Swarm swarm, PeerSession session, FromPeer.Announce m) {
        int ranges = swarm.ranges() < 0 ? RangeBits.MAX_RANGES : swarm.ranges();
        BitSet claimed;
        try {
            claimed = RangeBits.decode(m.ranges(), ranges);
        } catch (ProtocolException e) {
            drop(session, e.getMessage());
            return;
        }
        PeerId peer = session.id();
        loop.join(swarm, peer);
        loop.wants(swarm, peer, m.wants());
        if (swarm.geometry().lengthKnown()) {
            // It may have become known after this peer's registration was answered.
            loop.send(
                    session.stream(),
                    new FromSupernode.Length(swarm.id().hex(), swarm.geometry().length()));
        }
        tellPieces(swarm, claimed, peer);
        for (int piece : m.partialPieces()) {
            loop.sendBlockDigests(swarm, piece, peer);
            if (swarm.pieceDigest(piece) == null) {
                swarm.subscribe(piece, peer);
            }
        }
        // What is claimed counts when the peer has compared it and reports it as done.
        int window = m.window() == null ? 0 : m.window();
        loop.decide(new Event.Joined(peer, swarm.id(), new BitSet(), m.wants(), m.next(), window));
    }

    private void tellPieces(Swarm swarm, BitSet claimed, PeerId peer) {
        int range = claimed.nextSetBit(0);
        while (range >= 0) {
            int piece = swarm.geometry().pieceOfRange(range);
            if (!swarm.mayCome(piece)) {
                return; // nor may any after it
            }
            Sha256 digest = swarm.pieceDigest(piece);
            if (digest == null) {
                swarm.claim(piece, peer);
            } else {
                loop.send(peer, Messages.pieceDigests(swarm.id(), piece, List.of(digest)));
            }
            range = claimed.nextSetBit((piece + 1) * swarm.geometry().rangesPerPiece());
        }
    }

    private void progress(Swarm swarm, PeerId peer, FromPeer.Progress m) {
        VersionId version = swarm.id();
        if (swarm.ranges() >= 0 && m.next() >= swarm.ranges()) {
            loop.wants(swarm, peer, false);
        }
        m.started().forEach(range -> loop.decide(new Event.Started(peer, version, range)));
        m.done().forEach(range -> loop.decide(new Event.Done(peer, version, range)));
        loop.decide(new Event.Needs(peer, version, m.next()));
    }

    private void failed(VersionId version, PeerId peer, FromPeer.Failed m) {
        metrics.rangeFailures.increment();
        PeerId parent = new PeerId(m.parent());
        ConnectedPeer from = loop.peers().get(parent);
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
