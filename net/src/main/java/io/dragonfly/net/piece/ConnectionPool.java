// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.HostPort;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// Connections that wait for their next request. They are few, so one list does. Thread-safe.
final class ConnectionPool implements Reaper.Watched {
    private final int maxPerParent;
    private final int max;
    private final long ttlNanos;
    private final Reaper reaper;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Idle> idle = new ArrayDeque<>();
    private boolean closed;

    private record Idle(HostPort parent, Link link, long sinceNanos) {}

    /// @param reaper watches this while it holds connections
    ConnectionPool(PieceClientSettings settings, Reaper reaper) {
        this.reaper = reaper;
        this.maxPerParent = settings.maxIdlePerParent();
        this.max = settings.maxIdle();
        this.ttlNanos = settings.idleTtl().toNanos();
    }

    /// The connection to `parent` that was used last, or null.
    @Nullable Link take(HostPort parent) {
        lock.lock();
        try {
            Iterator<Idle> newestFirst = idle.descendingIterator();
            while (newestFirst.hasNext()) {
                Idle candidate = newestFirst.next();
                if (candidate.parent.equals(parent)) {
                    newestFirst.remove();
                    return candidate.link;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Keeps a connection, or closes it or an older one where there are enough.
    void give(HostPort parent, Link link, long nowNanos) {
        List<Idle> surplus = new ArrayList<>(1);
        lock.lock();
        try {
            idle.addLast(new Idle(parent, link, nowNanos));
            reaper.watch(this);
            if (closed) {
                surplus.addAll(idle);
                idle.clear();
            } else if (idle.stream().filter(i -> i.parent.equals(parent)).count() > maxPerParent) {
                surplus.add(idle.stream().filter(i -> i.parent.equals(parent)).findFirst().get());
                idle.removeAll(surplus);
            } else if (idle.size() > max) {
                surplus.add(idle.removeFirst());
            }
        } finally {
            lock.unlock();
        }
        surplus.forEach(i -> i.link.close());
    }

    /// Closes what is kept to `parent`: one connection turned out to be dead, so the others are.
    void discard(HostPort parent) {
        closeIf(i -> i.parent.equals(parent));
    }

    @Override
    public void check(long nowNanos) {
        closeIf(i -> nowNanos - i.sinceNanos >= ttlNanos);
    }

    /// Closes all, and what is given later.
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        closeIf(_ -> true);
    }

    private void closeIf(Predicate<Idle> condition) {
        List<Idle> chosen;
        lock.lock();
        try {
            chosen = idle.stream().filter(condition).toList();
            idle.removeAll(chosen);
            if (idle.isEmpty()) {
                reaper.forget(this);
            }
        } finally {
            lock.unlock();
        }
        chosen.forEach(i -> i.link.close());
    }
}
