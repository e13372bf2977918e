// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.rtt;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Passes connections on over a [Line] in each direction. What is under way is bounded by what the
/// line holds and a buffer before it; more waits in the sender, as behind a full router.
///
/// Each side's TCP ends here, with the loopback's round trip: what a long line does to windows and
/// to slow start is not in this, only its delay, its rate and its buffer.
final class Relay implements AutoCloseable {
    private static final int CHUNK = 16 << 10;

    /// What a router holds before the line.
    private static final int BUFFER = 256 << 10;

    private static final Chunk END = new Chunk(new byte[0], 0);

    private final ServerSocket acceptor = new ServerSocket();
    private final InetSocketAddress target;
    private final Line up;
    private final Line down;
    private final LongSupplier nanoTime;

    /// Bytes under way.
    private static final class Chunk {
        final byte[] bytes;

        /// When they arrive.
        final long dueNanos;

        Chunk(byte[] bytes, long dueNanos) {
            this.bytes = bytes;
            this.dueNanos = dueNanos;
        }
    }

    /// @param listen where connections come in
    /// @param target where they go
    /// @param up from those who connect
    /// @param down to them
    Relay(
            InetSocketAddress listen,
            InetSocketAddress target,
            Line up,
            Line down,
            LongSupplier nanoTime)
            throws IOException {
        this.target = target;
        this.up = up;
        this.down = down;
        this.nanoTime = nanoTime;
        acceptor.bind(listen, 1024);
        Thread.ofPlatform().name("relay-accept").daemon().start(this::accept);
    }

    static InetSocketAddress address(String hostPort) throws IOException {
        int colon = hostPort.lastIndexOf(':');
        return new InetSocketAddress(
                InetAddress.getByName(hostPort.substring(0, colon)),
                Integer.parseInt(hostPort.substring(colon + 1)));
    }

    int port() {
        return acceptor.getLocalPort();
    }

    private void accept() {
        while (!acceptor.isClosed()) {
            try {
                Socket near = acceptor.accept();
                Thread.ofVirtual().start(() -> connect(near));
            } catch (IOException _) {
                // Closed, or the other side was gone at once.
            }
        }
    }

    private void connect(Socket near) {
        Socket far = new Socket();
        try {
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            far.connect(target);
            Thread.ofVirtual().start(() -> pass(near, far, up));
            pass(far, near, down);
        } catch (IOException e) {
            close(near);
            close(far);
        }
    }

    private void pass(Socket from, Socket to, Line line) {
        LinkedBlockingQueue<Chunk> underWay = new LinkedBlockingQueue<>();
        int capacity = (int) Math.min(Integer.MAX_VALUE, line.capacity(BUFFER));
        Semaphore room = new Semaphore(Math.max(CHUNK, capacity));
        Thread.ofVirtual().start(() -> deliver(underWay, room, to));
        byte[] buffer = new byte[CHUNK];
        try {
            int n = from.getInputStream().read(buffer);
            while (n >= 0) {
                room.acquireUninterruptibly(n);
                long due = line.arrival(n, nanoTime.getAsLong());
                underWay.add(new Chunk(Arrays.copyOf(buffer, n), due));
                n = from.getInputStream().read(buffer);
            }
        } catch (IOException _) {
            // The end of the connection, for the other side too.
        } finally {
            underWay.add(END);
        }
    }

    private void deliver(LinkedBlockingQueue<Chunk> underWay, Semaphore room, Socket to) {
        try {
            for (Chunk next = underWay.take(); next.bytes.length > 0; next = underWay.take()) {
                long wait = next.dueNanos - nanoTime.getAsLong();
                while (wait > 0) {
                    LockSupport.parkNanos(wait);
                    wait = next.dueNanos - nanoTime.getAsLong();
                }
                to.getOutputStream().write(next.bytes);
                room.release(next.bytes.length);
            }
            to.shutdownOutput();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a relay", e);
        } catch (IOException e) {
            close(to);
            room.release(Integer.MAX_VALUE / 2); // nobody waits for what nobody takes
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is gone.
        }
    }

    @Override
    public void close() throws IOException {
        acceptor.close();
    }
}
