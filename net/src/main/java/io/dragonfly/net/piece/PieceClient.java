// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.net.tls.Tls;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Fetches ranges of blocks from parents over the piece protocol (`docs/protocol-piece.md`), on
/// pooled connections. Thread-safe.
public final class PieceClient implements Closeable {
    private final PieceClientSettings settings;
    private final LongSupplier nanoTime;
    private final PieceCounters counters;
    private final Reaper reaper;
    private final Dialer dialer;
    private final ConnectionPool pool;
    private final BlockBuffers buffers;
    private final Set<Fetch> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// Without TLS.
    public PieceClient(
            PieceClientSettings settings, LongSupplier nanoTime, PieceCounters counters) {
        this(settings, nanoTime, counters, null);
    }

    /// @param tls for all connections, or null
    public PieceClient(
            PieceClientSettings settings,
            LongSupplier nanoTime,
            PieceCounters counters,
            @Nullable Tls tls) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.counters = counters;
        this.reaper = new Reaper("piece-client-reaper", settings.shortest(), nanoTime);
        this.dialer = new Dialer(reaper, nanoTime, tls);
        this.pool = new ConnectionPool(settings, reaper);
        this.buffers = new BlockBuffers(settings.bufferBytes());
    }

    /// Prepares a fetch; nothing happens before [Fetch#run].
    ///
    /// @param download holds back what is received
    public Fetch begin(
            HostPort parent, RangeRequest request, RangeReceiver receiver, Throttle download) {
        return new Fetch(parent, request, receiver, new Pace(download));
    }

    /// Looks whether a piece server answers at `address` within `timeout` and says that it is
    /// `expected`. Blocks.
    ///
    /// @return empty where all is well, else what is not
    public Optional<String> probe(HostPort address, PeerId expected, Duration timeout) {
        Dialer.Dialled dialled;
        long since = nanoTime.getAsLong();
        try {
            dialled = dialer.dial(address, timeout.toNanos(), _ -> {});
        } catch (IOException e) {
            return Optional.of(words(e));
        }
        Link link = dialled.link();
        try {
            link.within(Math.max(1, timeout.toNanos() - (nanoTime.getAsLong() - since)));
            link.write(ByteBuffer.allocate(1).put(Wire.PING).flip());
            if (Wire.Head.from(link.fill(Wire.HEAD)).type() != Wire.PONG) {
                return Optional.of("it does not answer a ping");
            }
            return dialled.peer().equals(expected)
                    ? Optional.empty()
                    : Optional.of("somebody else is there");
        } catch (IOException e) {
            return Optional.of(words(e));
        } finally {
            discard(link);
        }
    }

    private static String words(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /// Cancels all fetches and closes all connections.
    @Override
    public void close() {
        closed = true;
        running.forEach(Fetch::cancel);
        pool.close();
        reaper.close();
    }

    private void keep(HostPort parent, Link link) {
        reaper.forget(link);
        pool.give(parent, link, nanoTime.getAsLong());
    }

    private void discard(Link link) {
        reaper.forget(link);
        link.close();
    }

    /// One request to one parent. [#run] is called once; the other methods by any thread, at any
    /// time.
    public final class Fetch implements Exchange.Boundary {
        private final HostPort parent;
        private final RangeRequest request;
        private final RangeReceiver receiver;
        private final Pace pace;
        private final AtomicBoolean started = new AtomicBoolean();
        private final AtomicReference<Place> place = new AtomicReference<>(Place.BETWEEN_BLOCKS);
        private volatile boolean cancelled;
        private volatile boolean stopping;
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable Link current;

        private Fetch(HostPort parent, RangeRequest request, RangeReceiver receiver, Pace pace) {
            this.parent = parent;
            this.request = request;
            this.receiver = receiver;
            this.pace = pace;
        }

        /// Fetches, on the calling thread (a virtual one, normally), until all blocks were
        /// delivered, the parent failed, or somebody ended it. Exceptions of the receiver other
        /// than `IOException` pass through.
        public RangeResult run() {
            Check.that(started.compareAndSet(false, true), "a fetch runs once");
            counters.add(PieceCounters.Count.FETCHES, 1);
            running.add(this);
            try {
                if (closed) {
                    cancel();
                }
                RangeResult result = attempt();
                if (result instanceof RangeResult.Failed failed) {
                    counters.add(failed.reason());
                }
                return result;
            } finally {
                running.remove(this);
            }
        }

        /// Ends the fetch at once by closing its connection. Blocks of which the last byte has not
        /// come are lost.
        public void cancel() {
            cancelled = true;
            lock.lock();
            try {
                if (current != null) {
                    current.closeBecause(Link.Reason.CANCELLED);
                }
            } finally {
                lock.unlock();
            }
        }

        /// Ends the fetch after the block that is on its way, at once where none is.
        public void stopAtNextBlock() {
            stopping = true;
            if (place.compareAndSet(Place.BETWEEN_BLOCKS, Place.STOPPED)) {
                cancel();
            }
        }

        @Override
        public boolean enterBlock() {
            return place.compareAndSet(Place.BETWEEN_BLOCKS, Place.IN_BLOCK);
        }

        @Override
        public boolean leaveBlock() {
            place.set(Place.BETWEEN_BLOCKS);
            return !stopping;
        }

        /// A kept connection may have been closed by the parent meanwhile, which shows only when it
        /// is used: then the request is sent once more on a new one.
        private RangeResult attempt() {
            Link kept = cancelled ? null : pool.take(parent);
            if (kept != null) {
                counters.add(PieceCounters.Count.CONNECTIONS_REUSED, 1);
                reaper.watch(kept);
                use(kept);
                RangeResult result = exchange(kept, true);
                if (result != null) {
                    return result;
                }
                counters.add(PieceCounters.Count.CONNECTIONS_STALE, 1);
                pool.discard(parent);
            }
            if (cancelled) {
                return new RangeResult.Cancelled();
            }
            Link fresh;
            try {
                fresh = dialer.dial(parent, settings.connectTimeout().toNanos(), this::use).link();
            } catch (IOException e) {
                return failed(FailureReason.UNREACHABLE, e);
            }
            counters.add(PieceCounters.Count.CONNECTIONS_OPENED, 1);
            return Objects.requireNonNull(
                    exchange(fresh, false), "only a kept connection can be stale");
        }

        private void use(Link link) {
            lock.lock();
            try {
                current = link;
                if (cancelled) {
                    link.closeBecause(Link.Reason.CANCELLED);
                }
            } finally {
                lock.unlock();
            }
        }

        /// From here on nobody closes the connection for the sake of this fetch: it may soon be
        /// used by another.
        ///
        /// @return whether nobody has
        private boolean detach(Link link) {
            lock.lock();
            try {
                current = null;
                return link.reason() == null;
            } finally {
                lock.unlock();
            }
        }

        /// @return null where a kept connection gave no answer at all
        private @Nullable RangeResult exchange(Link link, boolean kept) {
            Exchange exchange =
                    new Exchange(
                            link,
                            request,
                            receiver,
                            pace,
                            this,
                            buffers,
                            counters,
                            settings.stallTimeout().toNanos());
            boolean keep = false;
            try {
                RangeResult result = exchange.run();
                keep = exchange.reusable() && !link.hasInput();
                return result;
            } catch (Exchange.ReceiverException e) {
                return failed(FailureReason.LOCAL, e);
            } catch (ProtocolException e) {
                return failed(FailureReason.CORRUPT, e);
            } catch (IOException e) {
                if (link.reason() == Link.Reason.OVERDUE) {
                    return failed(FailureReason.STALLED, e);
                }
                boolean stale = kept && !exchange.answered() && link.reason() == null;
                return stale ? null : failed(FailureReason.CLOSED, e);
            } finally {
                if (detach(link) && keep) {
                    keep(parent, link);
                } else {
                    discard(link);
                }
            }
        }

        private RangeResult failed(FailureReason reason, IOException e) {
            if (cancelled) {
                return new RangeResult.Cancelled();
            }
            String what = reason == FailureReason.STALLED ? "no sign of life" : words(e);
            return new RangeResult.Failed(reason, parent + ": " + what);
        }
    }

    /// Where a fetch is.
    private enum Place {
        BETWEEN_BLOCKS,
        IN_BLOCK,
        STOPPED
    }
}
