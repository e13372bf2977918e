// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.FromSupernode.Registered;
import io.dragonfly.net.control.ControlClient;
import io.dragonfly.net.control.ControlException;
import io.dragonfly.net.control.ControlSettings;
import io.dragonfly.net.control.ControlStream;
import io.dragonfly.net.piece.PieceCounters;
import io.dragonfly.net.piece.PieceServer;
import io.dragonfly.net.piece.PieceServerSettings;
import io.dragonfly.net.piece.PieceSource;
import io.dragonfly.net.piece.Throttle;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A peer that says it has everything, and serves what it should not: other bytes, or nothing but
/// word that it waits itself. It may also say of every parent that it was sent to that its bytes
/// are bad.
final class FalsePeer implements Closeable, ControlStream.Receiver, PieceSource {
    private final byte[] content;
    private final boolean silent;
    private final PeerId self;
    private final AtomicInteger accusations = new AtomicInteger();
    private final PieceServer server;
    private final PieceCounters counters = new PieceCounters();
    private final ControlClient client =
            new ControlClient(ControlSettings.DEFAULT, System::nanoTime);
    private final ControlStream stream;
    private final CompletableFuture<Registered> registered = new CompletableFuture<>();

    /// @param content what it should serve
    /// @param silent whether it serves nothing; else one bit of each block is another
    FalsePeer(HostPort supernode, byte[] content, boolean silent)
            throws IOException, ControlException {
        this(supernode, content, silent, "false-peer-" + silent);
    }

    FalsePeer(HostPort supernode, byte[] content, boolean silent, String name)
            throws IOException, ControlException {
        this.content = content;
        this.silent = silent;
        this.self = new PeerId(name);
        this.server =
                PieceServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        self,
                        this,
                        PieceServerSettings.defaults(),
                        Throttle.NONE,
                        System::nanoTime,
                        counters,
                        null);
        FromPeer.Hello hello =
                new FromPeer.Hello(
                        1, 1, self.value(), "false", null, server.port(), "", "", "", null, "test");
        this.stream = client.connect(supernode, hello, this);
    }

    /// Joins the swarm of `url` and claims to have all of it.
    void claimEverything(URI url) throws Exception {
        String text = url.toString();
        stream.send(
                new FromPeer.Register(
                        1, text, List.of(), List.of(), "", null, false, "", false, null));
        Registered version = registered.get(30, TimeUnit.SECONDS);
        stream.send(new FromPeer.Announce(version.version(), "", List.of(), false, 0, null));
        List<Integer> all = new ArrayList<>();
        for (int range = 0; range < geometry(version).ranges(); range++) {
            all.add(range);
        }
        stream.send(new FromPeer.Progress(version.version(), List.of(), all, 0, 0));
    }

    /// Joins the swarm of `url`, lacks everything, and accuses every parent that it is sent to.
    void accuseEverybody(URI url) throws Exception {
        String text = url.toString();
        stream.send(
                new FromPeer.Register(
                        1, text, List.of(), List.of(), "", null, false, "", false, null));
        Registered version = registered.get(30, TimeUnit.SECONDS);
        stream.send(new FromPeer.Slots(16, 16));
        stream.send(new FromPeer.Announce(version.version(), "", List.of(), true, 0, null));
    }

    PeerId id() {
        return self;
    }

    /// How often it accused a peer.
    int accusations() {
        return accusations.get();
    }

    /// Requests that it got.
    long requests() {
        return counters.get(PieceCounters.Count.REQUESTS);
    }

    private static Geometry geometry(Registered m) {
        return new Geometry(m.length(), m.pieceSize(), m.blockSize(), m.rangeBlocks());
    }

    @Override
    public void received(List<FromSupernode> messages) {
        for (FromSupernode message : messages) {
            switch (message) {
                case Registered answer -> registered.complete(answer);
                case FromSupernode.Offer offer -> accuse(offer);
                case FromSupernode.Recheck m ->
                        stream()
                                .send(
                                        new FromPeer.Rechecked(
                                                m.version(),
                                                m.firstBlock(),
                                                m.endBlock(),
                                                List.of()));
                default -> {
                    // It does not care.
                }
            }
        }
    }

    private void accuse(FromSupernode.Offer offer) {
        if (!offer.parent().equals(PeerId.SEED.value())) {
            accusations.incrementAndGet();
        }
        stream()
                .send(
                        new FromPeer.Failed(
                                offer.version(),
                                offer.range(),
                                offer.parent(),
                                FailureReason.CORRUPT,
                                offer.block()));
    }

    /// Messages come after the registration, and so after the connection.
    private ControlStream stream() {
        return Objects.requireNonNull(stream);
    }

    @Override
    public void closed(String reason) {}

    @Override
    public Optional<Content> find(VersionId id, Secret secret) {
        return Optional.of(new Lies(geometry(registered.join())));
    }

    private final class Lies implements Content {
        private final Geometry geometry;

        Lies(Geometry geometry) {
            this.geometry = geometry;
        }

        @Override
        public Geometry geometry() {
            return geometry;
        }

        @Override
        public Optional<List<Sha256>> pieceBlocks(int piece) {
            List<Sha256> digests = new ArrayList<>();
            int end = geometry.endBlockOfPiece(piece);
            for (int block = geometry.firstBlockOfPiece(piece); block < end; block++) {
                int offset = (int) geometry.blockOffset(block);
                digests.add(
                        Sha256.of(ByteBuffer.wrap(content, offset, geometry.blockLength(block))));
            }
            return Optional.of(digests);
        }

        @Override
        public Await await(int block, long timeoutNanos) {
            if (!silent) {
                return Await.HERE;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(timeoutNanos);
            return Await.TIMEOUT;
        }

        @Override
        public int blockLength(int block) {
            return geometry.blockLength(block);
        }

        @Override
        public boolean intact() {
            return true;
        }

        @Override
        public long transferTo(int block, int offset, int count, WritableByteChannel target)
                throws IOException {
            byte[] wrong = new byte[count];
            int from = (int) geometry.blockOffset(block) + offset;
            System.arraycopy(content, from, wrong, 0, count);
            wrong[count / 2] ^= 1;
            ByteBuffer bytes = ByteBuffer.wrap(wrong);
            return target.write(bytes);
        }

        @Override
        public boolean retain() {
            return true;
        }

        @Override
        public void release() {}
    }

    @Override
    public void close() {
        stream.close("test ends");
        client.close();
        server.close();
    }
}
