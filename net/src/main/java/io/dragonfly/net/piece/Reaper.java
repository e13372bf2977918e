// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// One platform thread that looks at every connection a few times a second and closes those that
/// are overdue. A blocking `SocketChannel` has no read timeout, and an interrupt would close more
/// than the socket, so closing it from here is how every wait on a socket gets its bound. It sleeps
/// for good while there is nothing to watch.
final class Reaper implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
    private static final long MIN_TICK = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long MAX_TICK = TimeUnit.MILLISECONDS.toNanos(250);

    private final LongSupplier nanoTime;
    private final long tickNanos;
    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;

    /// Something with deadlines.
    interface Watched {
        /// Closes what is overdue; never blocks, never throws.
        void check(long nowNanos);
    }

    /// @param shortest the shortest time that is going to be watched: looks are four times as
    ///   frequent
    Reaper(String name, Duration shortest, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.tickNanos = Math.clamp(shortest.toNanos() / 4, MIN_TICK, MAX_TICK);
        Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    void watch(Watched item) {
        watched.add(item);
        lock.lock();
        try {
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void forget(Watched item) {
        watched.remove(item);
    }

    private void run() {
        while (pause()) {
            long now = nanoTime.getAsLong();
            for (Watched item : watched) {
                try {
                    item.check(now);
                } catch (RuntimeException e) {
                    LOG.error("Cannot watch a connection", e);
                }
            }
        }
    }

    /// @return false when this is closed
    private boolean pause() {
        lock.lock();
        try {
            while (watched.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            long left = tickNanos;
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the reaper", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
