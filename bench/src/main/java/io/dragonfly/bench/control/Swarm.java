// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.control;

import io.dragonfly.core.protocol.MessageCodec;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// All virtual peers of a run, on one thread and one selector. Each has a loopback address of its
/// own, so that the supernode sees as many hosts.
final class Swarm implements VirtualPeer.Watcher, AutoCloseable {
    /// Peers that connect at the same time.
    private static final int CONNECTING = 64;

    /// A frame of the supernode has at most this, with its head.
    private static final int FRAME = (1 << 20) + 16;

    /// Reports that fell behind their time and are made up for at once.
    private static final int BURST = 1000;

    private static final long PACE_MILLIS = 1;

    private final Plan plan;
    private final String run;
    private final LongSupplier nanoTime;
    private final Door door;
    private final MessageCodec codec = new MessageCodec();
    private final Selector selector = Selector.open();
    private final byte[] shared = new byte[FRAME];
    private final List<VirtualPeer> peers = new ArrayList<>();
    private final ArrayDeque<Fetch> fetches = new ArrayDeque<>();
    private final Latencies latencies = new Latencies();
    private int connecting;
    private int registered;
    private int completed;
    private long reported;
    private long measuredFrom = Long.MAX_VALUE;

    /// A range on its way to a peer.
    private record Fetch(VirtualPeer peer, int range) {}

    /// @param run a name that no other run has
    Swarm(Plan plan, String run, LongSupplier nanoTime) throws IOException {
        this.plan = plan;
        this.run = run;
        this.nanoTime = nanoTime;
        this.door = new Door(this::idAt);
    }

    /// 250 hosts in each of up to 240 networks.
    static String address(int peer) {
        return "127.77.%d.%d".formatted(peer / 250, peer % 250 + 1);
    }

    private String idAt(String address) {
        String[] parts = address.split("\\.", -1);
        return id(Integer.parseInt(parts[2]) * 250 + Integer.parseInt(parts[3]) - 1);
    }

    private String id(int peer) {
        return run + "-" + peer;
    }

    /// Connects and registers all peers.
    void connect() throws IOException {
        while (registered < plan.peers()) {
            while (connecting < CONNECTING && peers.size() < plan.peers()) {
                connectOne();
            }
            turn(100);
        }
    }

    private void connectOne() throws IOException {
        int number = peers.size();
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.bind(new InetSocketAddress(address(number), 0));
        VirtualPeer peer =
                new VirtualPeer(
                        plan,
                        VirtualPeer.hello(id(number), address(number), door.port()),
                        codec,
                        this,
                        channel);
        peers.add(peer);
        connecting++;
        channel.register(selector, SelectionKey.OP_CONNECT, peer);
        channel.connect(new InetSocketAddress(plan.host(), plan.port()));
    }

    /// Has all peers join at once.
    void announce() throws IOException {
        for (VirtualPeer peer : peers) {
            peer.announce();
        }
    }

    /// Lets the swarm run until all are complete, `end` says so or the time is over.
    ///
    /// @param untilNanos as of the clock
    void run(long untilNanos, BooleanSupplier end) throws IOException {
        long pacedFrom = nanoTime.getAsLong();
        long paced = 0;
        long now = pacedFrom;
        while (completed < peers.size() && now < untilNanos && !end.getAsBoolean()) {
            turn(plan.rate() == 0 ? 100 : PACE_MILLIS);
            now = nanoTime.getAsLong();
            if (plan.rate() > 0) {
                long due = (long) ((now - pacedFrom) / 1e9 * plan.rate());
                paced = Math.max(paced, due - BURST); // what nobody could report is not made up
                while (paced < due && finishNext()) {
                    paced++;
                }
            }
        }
    }

    private boolean finishNext() throws IOException {
        Fetch next = fetches.poll();
        while (next != null) {
            if (next.peer.finish(next.range, nanoTime.getAsLong())) {
                reported++;
                next.peer.flush();
                return true;
            }
            next = fetches.poll();
        }
        return false;
    }

    private void turn(long millis) throws IOException {
        selector.select(this::ready, millis);
    }

    private void ready(SelectionKey key) {
        VirtualPeer peer = (VirtualPeer) key.attachment();
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                peer.connected();
            }
            if (key.isReadable()) {
                peer.frames().readable(shared);
            }
            if (key.isWritable()) {
                peer.frames().writable();
            }
            boolean blocked = peer.frames().blocked();
            key.interestOps(SelectionKey.OP_READ | (blocked ? SelectionKey.OP_WRITE : 0));
        } catch (IOException e) {
            throw new IllegalStateException("a virtual peer failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void registered(VirtualPeer peer) {
        registered++;
        connecting--;
    }

    @Override
    public void fetching(VirtualPeer peer, int range) {
        if (plan.rate() > 0) {
            fetches.add(new Fetch(peer, range));
        } else if (peer.finish(range, nanoTime.getAsLong())) {
            reported++;
        }
    }

    @Override
    public void served(long sinceNanos) {
        if (sinceNanos >= measuredFrom) {
            latencies.add(nanoTime.getAsLong() - sinceNanos);
        }
    }

    @Override
    public void complete(VirtualPeer peer) {
        completed++;
    }

    /// Counts latencies from now on.
    void measure() {
        measuredFrom = nanoTime.getAsLong();
    }

    Latencies latencies() {
        return latencies;
    }

    int completed() {
        return completed;
    }

    /// Ranges that were reported as complete.
    long reported() {
        return reported;
    }

    /// Bytes that all peers got from the supernode.
    long received() {
        return peers.stream().mapToLong(peer -> peer.frames().received()).sum();
    }

    /// Any of the peers.
    VirtualPeer one() {
        return peers.getFirst();
    }

    /// Says goodbye and closes.
    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof VirtualPeer peer && peer.ranges() > 0) {
                peer.leave();
            }
            key.channel().close();
        }
        selector.close();
        door.close();
    }
}
