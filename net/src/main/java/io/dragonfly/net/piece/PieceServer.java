// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_ACCEPTED;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_OPEN;
import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_REFUSED;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.net.tls.Tls;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Serves the blocks of a [PieceSource] over the piece protocol (`docs/protocol-piece.md`): one
/// virtual thread per connection. Thread-safe.
public final class PieceServer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(PieceServer.class);
    private static final int BACKLOG = 1024;

    /// So many connections over the limit are told so; more are closed without a word.
    private static final int MAX_REFUSALS = 64;

    private static final long ACCEPT_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerSocketChannel acceptor;
    private final ServerConnection.Serving serving;
    private final Reaper reaper;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<ServerConnection> connections = new HashSet<>();
    private int served;
    private int refusals;

    private PieceServer(ServerSocketChannel acceptor, ServerConnection.Serving serving) {
        this.acceptor = acceptor;
        this.serving = serving;
        this.reaper =
                new Reaper(
                        "piece-server-reaper", serving.settings().shortest(), serving.nanoTime());
    }

    /// Listens on `bind` (port 0: any) and serves until [#close].
    ///
    /// @param upload holds back what is sent, of all connections together
    /// @param tls for all connections, with a certificate; null: none
    /// @throws IOException where the address cannot be bound
    public static PieceServer start(
            InetSocketAddress bind,
            PeerId self,
            PieceSource source,
            PieceServerSettings settings,
            Throttle upload,
            LongSupplier nanoTime,
            PieceCounters counters,
            @Nullable Tls tls)
            throws IOException {
        Check.argument(tls == null || tls.serves(), "a server needs a certificate");
        ServerSocketChannel acceptor = ServerSocketChannel.open();
        try {
            acceptor.bind(bind, BACKLOG);
        } catch (IOException | RuntimeException e) {
            acceptor.close();
            throw new IOException(
                    "cannot listen for piece requests on %s: %s".formatted(bind, e.getMessage()),
                    e);
        }
        UploadSlots slots = new UploadSlots(settings.uploadSlots());
        PieceServer server =
                new PieceServer(
                        acceptor,
                        new ServerConnection.Serving(
                                self,
                                source,
                                settings,
                                upload,
                                slots,
                                nanoTime,
                                counters,
                                new AtomicBoolean(),
                                tls));
        Thread.ofVirtual().name("piece-server-accept").start(server::accept);
        return server;
    }

    /// The port that is listened on.
    public int port() {
        return acceptor.socket().getLocalPort();
    }

    /// Changes the number of blocks that are sent at the same time, 0 = unlimited. Blocks on their
    /// way keep their slot.
    public void uploadSlots(int slots) {
        serving.slots().resize(slots);
    }

    private void accept() {
        while (acceptor.isOpen()) {
            try {
                open(acceptor.accept());
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                // Out of file descriptors, most likely: it passes, and must not be spun on.
                LOG.warn("Cannot accept connections for pieces: {}", e.getMessage());
                pause();
            }
        }
    }

    private void open(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        } catch (IOException _) {
            // The other side is gone already; reading will say so.
        }
        ServerConnection connection = new ServerConnection(serving, channel);
        boolean welcome = false;
        boolean refused = false;
        lock.lock();
        try {
            if (!serving.closing().get()) {
                welcome = served < serving.settings().maxConnections();
                refused = !welcome && refusals < MAX_REFUSALS;
            }
            if (welcome || refused) {
                connections.add(connection);
                served += welcome ? 1 : 0;
                refusals += refused ? 1 : 0;
            }
        } finally {
            lock.unlock();
        }
        if (welcome) {
            serving.counters().add(CONNECTIONS_ACCEPTED, 1);
            serving.counters().add(CONNECTIONS_OPEN, 1);
            begin(connection, connection::run, true);
        } else {
            serving.counters().add(CONNECTIONS_REFUSED, 1);
            if (refused) {
                begin(connection, connection::refuse, false);
            } else {
                connection.shutdown(true);
            }
        }
    }

    private void begin(ServerConnection connection, Runnable body, boolean welcome) {
        reaper.watch(connection);
        Thread.ofVirtual()
                .name("piece-server")
                .start(() -> {
                    try {
                        body.run();
                    } finally {
                        ended(connection, welcome);
                    }
                });
    }

    private void ended(ServerConnection connection, boolean welcome) {
        reaper.forget(connection);
        if (welcome) {
            serving.counters().add(CONNECTIONS_OPEN, -1);
        }
        lock.lock();
        try {
            connections.remove(connection);
            served -= welcome ? 1 : 0;
            refusals -= welcome ? 0 : 1;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Stops accepting, lets the blocks that are on their way end within the grace, and closes.
    @Override
    public void close() {
        serving.closing().set(true);
        try {
            acceptor.close();
        } catch (IOException _) {
            // It listens no more, whatever it says.
        }
        shutdown(false);
        await(serving.settings().closeGrace().toNanos());
        shutdown(true);
        await(serving.settings().closeGrace().toNanos());
        reaper.close();
    }

    private void shutdown(boolean force) {
        List<ServerConnection> open;
        lock.lock();
        try {
            open = List.copyOf(connections);
        } finally {
            lock.unlock();
        }
        open.forEach(connection -> connection.shutdown(force));
    }

    /// Waits until no connection is left, at most `nanos`.
    private void await(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (!connections.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a closing server", e);
        } finally {
            lock.unlock();
        }
    }

    private void pause() {
        lock.lock();
        try {
            long left = ACCEPT_PAUSE;
            while (left > 0 && acceptor.isOpen()) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the acceptor", e);
        } finally {
            lock.unlock();
        }
    }
}
