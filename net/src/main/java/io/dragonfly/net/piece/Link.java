// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.net.tls.TlsChannel;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import javax.net.ssl.SSLEngine;

/// One TCP connection of the piece protocol, on either side. Used by one thread; [#check] and
/// [#closeBecause] may be called by others.
final class Link implements Reaper.Watched, Closeable {
    /// Why this side closed a connection.
    enum Reason {
        OVERDUE,
        SLOW,
        CANCELLED,
        SHUTDOWN
    }

    private final SocketChannel socket;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Reason> reason = new AtomicReference<>();

    /// What is read and written: the socket, or TLS around it.
    private ByteChannel channel;

    /// Bytes that came and were not taken yet, from position to limit.
    private final ByteBuffer in;

    private final Gathering gathering = new Gathering();

    /// When this is overdue; 0 while no bound holds.
    private volatile long deadline;

    /// @param inputBytes the most that [#fill] can be asked for
    Link(SocketChannel socket, int inputBytes, LongSupplier nanoTime) {
        this.socket = socket;
        this.channel = socket;
        this.nanoTime = nanoTime;
        this.in = ByteBuffer.allocateDirect(inputBytes).limit(0);
    }

    /// Speaks TLS from here on; to be called before anything was read or written. Blocks until both
    /// sides believe each other.
    ///
    /// @param readRecords so many records of TLS are read from the socket at once
    void secure(SSLEngine engine, int readRecords) throws IOException {
        TlsChannel tls = new TlsChannel(socket, engine, readRecords);
        tls.handshake();
        channel = tls;
    }

    boolean secured() {
        return !channel.equals(socket);
    }

    ByteChannel channel() {
        return channel;
    }

    /// From now on the other side has `nanos` to do what is waited for.
    void within(long nanos) {
        long at = nanoTime.getAsLong() + nanos;
        deadline = at == 0 ? 1 : at;
    }

    /// No bound holds: the other side owes nothing.
    void unbounded() {
        deadline = 0;
    }

    @Override
    public void check(long nowNanos) {
        long at = deadline;
        if (at != 0 && nowNanos - at >= 0) {
            closeBecause(Reason.OVERDUE);
        }
    }

    /// Waits until at least `bytes` came.
    ///
    /// @return the buffer that holds them, to be taken from its position
    /// @throws EOFException where the connection ends first
    ByteBuffer fill(int bytes) throws IOException {
        if (in.remaining() < bytes) {
            gathering.paused();
            in.compact();
            try {
                while (in.position() < bytes) {
                    if (channel.read(in) < 0) {
                        throw new EOFException("connection closed by the other side");
                    }
                }
            } finally {
                in.flip();
            }
        }
        return in;
    }

    /// Reads at least one byte, at most `target` takes. Where bytes come slowly some are let gather
    /// first.
    int read(ByteBuffer target) throws IOException {
        if (in.hasRemaining()) {
            int n = Math.min(in.remaining(), target.remaining());
            target.put(target.position(), in, in.position(), n).position(target.position() + n);
            in.position(in.position() + n);
            return n;
        }
        long wait = gathering.waitNanos(target.remaining());
        if (wait > 0) {
            Parker.THREADS.park(wait);
        }
        int n = channel.read(target);
        if (n < 0) {
            throw new EOFException("connection closed by the other side");
        }
        gathering.read(n, nanoTime.getAsLong());
        return n;
    }

    /// Whether bytes came that nobody asked for.
    boolean hasInput() {
        return in.hasRemaining();
    }

    /// Writes all of `data`.
    void write(ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            channel.write(data);
        }
    }

    /// Closes the socket, which wakes whoever waits on it; the first reason stays.
    ///
    /// @return whether this call closed it
    boolean closeBecause(Reason why) {
        boolean first = reason.compareAndSet(null, why);
        close();
        return first;
    }

    /// Why this side closed the connection, or null.
    @Nullable Reason reason() {
        return reason.get();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // Nothing is lost: whatever had to arrive was acknowledged by the protocol.
        }
    }
}
