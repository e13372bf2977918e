// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Stands before a server on this machine, hands on what both sides send and counts it. On demand
/// it slows the answers down, resets all connections, or lets nothing through for a while.
/// Thread-safe.
public final class Relay implements Closeable {
    private static final int CHUNK = 64 << 10;

    /// Small, so that little is under way when a connection breaks.
    private static final int SOCKET_BUFFER = 64 << 10;

    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private final AtomicLong up = new AtomicLong();
    private final AtomicLong down = new AtomicLong();
    private final AtomicLong resetAt = new AtomicLong(Long.MAX_VALUE);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean stalled;
    private boolean closed;
    private long bytesPerSecond;
    private long nextNanos;

    private Relay(ServerSocket server, InetSocketAddress target) {
        this.server = server;
        this.target = target;
    }

    /// Starts on a free port of 127.0.0.1, before a port of the same address.
    public static Relay before(int port) throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        ServerSocket server = new ServerSocket(0, 1024, loopback);
        Relay relay = new Relay(server, new InetSocketAddress(loopback, port));
        Thread.ofVirtual().name("relay").start(relay::accept);
        return relay;
    }

    public int port() {
        return server.getLocalPort();
    }

    /// Limits what all answers together bring, from now on; 0: no limit.
    public Relay limit(long newBytesPerSecond) {
        lock.lock();
        try {
            bytesPerSecond = newBytesPerSecond;
            nextNanos = System.nanoTime();
            return this;
        } finally {
            lock.unlock();
        }
    }

    /// Bytes of the server that were handed on so far, heads of answers included.
    public long down() {
        return down.get();
    }

    /// Bytes of the clients that were handed on so far.
    public long up() {
        return up.get();
    }

    /// Connections so far.
    public int connections() {
        return connections.get();
    }

    /// The largest number of connections that were open at one time.
    public int mostOpen() {
        return mostOpen.get();
    }

    /// Resets all connections once so many bytes more have come from the server.
    public void resetAfter(long bytes) {
        resetAt.set(down.get() + bytes);
    }

    /// Resets all connections now: both sides see `connection reset`.
    public void reset() {
        for (Socket socket : sockets) {
            reset(socket);
        }
    }

    /// Hands nothing on until [#resume].
    public void stall() {
        stall(true);
    }

    public void resume() {
        stall(false);
    }

    private void stall(boolean on) {
        lock.lock();
        try {
            stalled = on;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                connections.incrementAndGet();
                mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket origin = new Socket()) {
            sockets.add(client);
            sockets.add(origin);
            client.setTcpNoDelay(true);
            client.setSendBufferSize(SOCKET_BUFFER);
            origin.setReceiveBufferSize(SOCKET_BUFFER);
            origin.setTcpNoDelay(true);
            origin.connect(target);
            Thread asking = Thread.ofVirtual().start(() -> ask(client, origin));
            answer(origin, client);
            client.shutdownOutput();
            asking.join();
        } catch (IOException e) {
            reset(client);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        } finally {
            sockets.remove(client);
            sockets.removeIf(Socket::isClosed);
            open.decrementAndGet();
        }
    }

    private void ask(Socket client, Socket origin) {
        try {
            byte[] chunk = new byte[CHUNK];
            InputStream in = client.getInputStream();
            OutputStream out = origin.getOutputStream();
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                pass(0);
                out.write(chunk, 0, count);
                up.addAndGet(count);
            }
            origin.shutdownOutput();
        } catch (IOException e) {
            // Where one side broke the other must learn of it.
            reset(origin);
            reset(client);
        }
    }

    private void answer(Socket origin, Socket client) throws IOException {
        byte[] chunk = new byte[CHUNK];
        InputStream in = origin.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            pass(count);
            // Counted before: who has got all of it may ask at once how much that was.
            long counted = down.addAndGet(count);
            out.write(chunk, 0, count);
            if (counted >= resetAt.get()) {
                resetAt.set(Long.MAX_VALUE);
                reset();
            }
        }
    }

    /// Waits for the turn of so many bytes.
    private void pass(int bytes) throws IOException {
        lock.lock();
        try {
            long now = System.nanoTime();
            nextNanos = Math.max(now, nextNanos);
            long turn = nextNanos;
            if (bytesPerSecond > 0) {
                nextNanos += TimeUnit.SECONDS.toNanos(bytes) / bytesPerSecond;
            }
            while (!closed && (stalled || System.nanoTime() - turn < 0)) {
                long left = stalled ? TimeUnit.SECONDS.toNanos(1) : turn - System.nanoTime();
                var _ = changed.awaitNanos(left);
            }
            if (closed) {
                throw new IOException("the relay is closed");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        reset();
    }
}
