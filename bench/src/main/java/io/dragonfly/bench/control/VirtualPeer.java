// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.control;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.MessageCodec;
import io.dragonfly.core.protocol.ProtocolException;
import io.dragonfly.core.protocol.ProtocolVersion;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A peer that says what a real one says and moves no data. Used by the swarm's thread.
final class VirtualPeer implements Frames.Receiver {
    /// What happens to peers.
    interface Watcher {
        void registered(VirtualPeer peer);

        /// The peer was told to fetch a range, and has reported that it began.
        void fetching(VirtualPeer peer, int range);

        /// A slot was free since then; an offer for it has come.
        void served(long sinceNanos);

        void complete(VirtualPeer peer);
    }

    private final Plan plan;
    private final FromPeer.Hello hello;
    private final MessageCodec codec;
    private final Watcher watcher;
    private final Frames frames;

    private final List<byte[]> outgoing = new ArrayList<>();
    private final BitSet held = new BitSet();
    private final BitSet inFlight = new BitSet();

    /// When slots became free for which no offer has come yet.
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();

    private @Nullable String version;
    private int ranges;
    private long length;
    private boolean complete;

    VirtualPeer(
            Plan plan,
            FromPeer.Hello hello,
            MessageCodec codec,
            Watcher watcher,
            SocketChannel channel) {
        this.plan = plan;
        this.hello = hello;
        this.codec = codec;
        this.watcher = watcher;
        this.frames = new Frames(channel, this);
    }

    /// What a peer introduces itself with.
    static FromPeer.Hello hello(String id, String address, int piecePort) {
        return new FromPeer.Hello(
                ProtocolVersion.MIN,
                ProtocolVersion.MAX,
                id,
                id,
                address,
                piecePort,
                "",
                "",
                "",
                null,
                "bench");
    }

    Frames frames() {
        return frames;
    }

    /// Bytes of the content, once it is registered.
    long length() {
        return length;
    }

    int ranges() {
        return ranges;
    }

    int held() {
        return held.cardinality();
    }

    void connected() throws IOException {
        frames.upgrade(plan.host() + ":" + plan.port(), "/v1/control");
    }

    @Override
    public void upgraded() throws IOException {
        say(hello);
        flush();
    }

    @Override
    public void text(byte[] bytes, int offset, int length) throws IOException {
        try {
            for (FromSupernode message : codec.decodeFromSupernode(bytes, offset, length)) {
                heard(message);
            }
        } catch (ProtocolException e) {
            throw new IOException("the supernode talks nonsense: " + e.getMessage(), e);
        }
        flush();
    }

    private void heard(FromSupernode message) throws IOException {
        switch (message) {
            case FromSupernode.Welcome _ ->
                    say(
                            new FromPeer.Register(
                                    1,
                                    plan.url(),
                                    List.of(),
                                    List.of(),
                                    "",
                                    null,
                                    false,
                                    "",
                                    false,
                                    null));
            case FromSupernode.Registered m -> registered(m);
            case FromSupernode.Offer m -> offered(m.range());
            case FromSupernode.Cancel m -> inFlight.clear(m.range());
            case FromSupernode.Recheck m ->
                    say(
                            new FromPeer.Rechecked(
                                    m.version(), m.firstBlock(), m.endBlock(), List.of()));
            case FromSupernode.Rejected m -> throw new IOException(m.toString());
            case FromSupernode.Refused m -> throw new IOException(m.toString());
            case FromSupernode.Ended m -> throw new IOException(m.toString());
            case FromSupernode.BlockDigests _,
                    FromSupernode.PieceDigests _,
                    FromSupernode.Length _,
                    FromSupernode.SwarmSize _,
                    FromSupernode.Command _ -> {}
        }
    }

    private void registered(FromSupernode.Registered m) {
        version = m.version();
        length = m.length();
        ranges = new Geometry(m.length(), m.pieceSize(), m.blockSize(), m.rangeBlocks()).ranges();
        watcher.registered(this);
    }

    /// Joins the swarm.
    void announce() throws IOException {
        say(new FromPeer.Slots(plan.slots(), plan.uploads()));
        say(new FromPeer.Announce(version(), "", List.of(), true, 0, null));
        flush();
    }

    private void offered(int range) {
        if (held.get(range) || inFlight.get(range)) {
            return; // another parent for the same
        }
        Long since = waiting.poll();
        if (since != null) {
            watcher.served(since);
        }
        inFlight.set(range);
        progress(List.of(range), List.of());
        watcher.fetching(this, range);
    }

    /// A range is complete, unless it was taken back meanwhile. What this says goes out by
    /// [#flush].
    ///
    /// @return whether it was on its way
    boolean finish(int range, long nowNanos) {
        if (!inFlight.get(range)) {
            return false;
        }
        inFlight.clear(range);
        held.set(range);
        waiting.add(nowNanos);
        progress(List.of(), List.of(range));
        if (!complete && held.cardinality() == ranges) {
            complete = true;
            watcher.complete(this);
        }
        return true;
    }

    private void progress(List<Integer> started, List<Integer> done) {
        say(new FromPeer.Progress(version(), started, done, held.nextClearBit(0), 0));
    }

    void leave() throws IOException {
        say(new FromPeer.Leave(version()));
        say(new FromPeer.Bye());
        flush();
    }

    private void say(FromPeer message) {
        outgoing.add(codec.encode(message));
    }

    /// Sends what was said since, in one frame.
    void flush() throws IOException {
        if (!outgoing.isEmpty()) {
            frames.text(codec.frame(outgoing));
            outgoing.clear();
        }
    }

    private String version() {
        if (version == null) {
            throw new IllegalStateException("not registered");
        }
        return version;
    }
}
