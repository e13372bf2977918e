// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.core.limits.LimitTree;
import io.dragonfly.core.limits.TrafficClass;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// The [LimitTree] of one direction of one host, and the threads that wait at it. Thread-safe.
///
/// One waiting thread, the leader, sleeps until the next request may pass and grants it on behalf
/// of all; the others sleep until they are granted. So a thousand waiting threads cost one timer. A
/// thread must not be interrupted while it waits: it would spin.
public final class SharedLimit {
    private static final long MAX_SLEEP = TimeUnit.HOURS.toNanos(1);

    private final LongSupplier nanoTime;
    private final Parker parker;
    private final ReentrantLock lock = new ReentrantLock();
    private final LimitTree tree;

    /// Who waits for what.
    private final Map<LimitTree.Request, Thread> waiting = new LinkedHashMap<>();

    private @Nullable Thread leader;

    /// When the leader looks again.
    private long leaderUntil;

    /// @param host 0 = unlimited
    public SharedLimit(ByteRate host, LongSupplier nanoTime, Parker parker) {
        this.nanoTime = nanoTime;
        this.parker = parker;
        this.tree = new LimitTree(host, nanoTime.getAsLong());
    }

    /// A throttle for one task, or for one part of the traffic. It needs no end.
    public LimitedThrottle throttle(TrafficClass traffic, ByteRate rate) {
        lock.lock();
        try {
            return new LimitedThrottle(this, tree.task(traffic, rate, nanoTime.getAsLong()));
        } finally {
            lock.unlock();
        }
    }

    /// Changes the host's rate, for those who wait already, too.
    public void hostRate(ByteRate rate) {
        change(() -> tree.hostRate(rate, nanoTime.getAsLong()));
    }

    /// Changes the cap of a class, for those who wait already, too.
    public void classRate(TrafficClass traffic, ByteRate rate) {
        change(() -> tree.classRate(traffic, rate, nanoTime.getAsLong()));
    }

    void taskRate(LimitTree.Task task, ByteRate rate) {
        change(() -> task.rate(rate, nanoTime.getAsLong()));
    }

    void move(LimitTree.Task task, TrafficClass traffic) {
        change(() -> tree.move(task, traffic));
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            grant(nanoTime.getAsLong());
            wakeLeader();
        } finally {
            lock.unlock();
        }
    }

    /// @return nanoseconds waited
    long acquire(LimitTree.Task task, int bytes) {
        long since = nanoTime.getAsLong();
        LimitTree.Request request;
        lock.lock();
        try {
            if (tree.tryPass(task, bytes, since)) {
                return 0;
            }
            request = tree.request(task, bytes);
            waiting.put(request, Thread.currentThread());
            grant(since);
            // The new request may be able to pass before the one the leader sleeps for.
            if (leader == null || tree.nanosToNext(since) < leaderUntil - since) {
                wakeLeader();
            }
        } finally {
            lock.unlock();
        }
        long nanos = sleepFor(request);
        while (nanos > 0) {
            parker.park(nanos);
            nanos = sleepFor(request);
        }
        return Math.max(0, nanoTime.getAsLong() - since);
    }

    /// How long the calling thread has to sleep before it looks again; 0 when its request is
    /// granted.
    private long sleepFor(LimitTree.Request request) {
        Thread self = Thread.currentThread();
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            grant(now);
            if (request.granted()) {
                if (self.equals(leader)) {
                    leader = null;
                    wakeLeader();
                }
                return 0;
            }
            if (leader == null) {
                leader = self;
            }
            if (!self.equals(leader)) {
                return Long.MAX_VALUE;
            }
            long nanos = Math.clamp(tree.nanosToNext(now), 1, MAX_SLEEP);
            leaderUntil = now + nanos;
            return nanos;
        } finally {
            lock.unlock();
        }
    }

    private void grant(long now) {
        for (LimitTree.Request request : tree.grant(now)) {
            Thread thread = waiting.remove(request);
            if (thread != null && !thread.equals(Thread.currentThread())) {
                parker.unpark(thread);
            }
        }
    }

    /// Makes the leader look again; where there is none, whoever waits becomes it.
    private void wakeLeader() {
        Thread next = leader;
        if (next == null && !waiting.isEmpty()) {
            next = waiting.values().iterator().next();
            leader = next;
        }
        if (next != null && !next.equals(Thread.currentThread())) {
            parker.unpark(next);
        }
    }
}
