// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.limits;

import io.dragonfly.core.model.Check;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// One host's rate in one direction, shared: host total > class > task. Not thread-safe.
///
/// Whoever has bytes to pass files a request and waits until it is granted. The host's bucket says
/// *when* the next request may pass; *whose* it is, is decided only then: the class that had least
/// so far by its weight (start-time fair queueing), and in it the tasks by turns. So a class gets
/// its share whenever it has something to send, what it leaves is lent to the others by itself, and
/// a request of the foreground never stands behind a queue of the background. The caps of a class
/// or a task bind besides; requests that only wait for these hold up nobody else.
///
/// Within a class and a task the order is first come, first served.
public final class LimitTree {
    private static final long NEVER = Long.MAX_VALUE;

    private final TokenBucket total;
    private final Map<TrafficClass, Share> shares = new EnumMap<>(TrafficClass.class);
    private int waiting;

    /// The service that the class granted last had got when that grant began: where a class starts
    /// that comes back from a pause, so that it cannot claim what it did not use.
    private double virtualTime;

    /// A part of the traffic with a cap of its own.
    public static final class Task {
        private Share share;
        private final TokenBucket bucket;
        private final ArrayDeque<Request> queue = new ArrayDeque<>();

        private Task(Share share, TokenBucket bucket) {
            this.share = share;
            this.bucket = bucket;
        }

        /// Changes the cap from now on.
        public void rate(ByteRate rate, long nowNanos) {
            bucket.change(rate.bytesPerSecond(), TokenBucket.burstOf(rate), nowNanos);
        }
    }

    /// Bytes that want to pass.
    public static final class Request {
        private final Task task;
        private final long bytes;
        private boolean granted;

        private Request(Task task, long bytes) {
            this.task = task;
            this.bytes = bytes;
        }

        /// Whether they may pass.
        public boolean granted() {
            return granted;
        }
    }

    /// One class.
    private static final class Share {
        private final TrafficClass traffic;
        private final TokenBucket bucket;

        /// Tasks with requests, in the order of their turns.
        private final ArrayDeque<Task> turns = new ArrayDeque<>();

        /// Bytes granted, divided by the weight.
        private double served;

        /// Whether it took no part lately, for want of requests or by its caps.
        private boolean absent = true;

        private Share(TrafficClass traffic, TokenBucket bucket) {
            this.traffic = traffic;
            this.bucket = bucket;
        }
    }

    /// @param host 0 = unlimited
    public LimitTree(ByteRate host, long nowNanos) {
        total = bucket(host, nowNanos);
        for (TrafficClass traffic : TrafficClass.values()) {
            shares.put(traffic, new Share(traffic, bucket(ByteRate.UNLIMITED, nowNanos)));
        }
    }

    private static TokenBucket bucket(ByteRate rate, long nowNanos) {
        return new TokenBucket(rate.bytesPerSecond(), TokenBucket.burstOf(rate), nowNanos);
    }

    /// Changes the host's rate from now on.
    public void hostRate(ByteRate rate, long nowNanos) {
        total.change(rate.bytesPerSecond(), TokenBucket.burstOf(rate), nowNanos);
    }

    /// Changes the cap of a class from now on; at first there is none.
    public void classRate(TrafficClass traffic, ByteRate rate, long nowNanos) {
        share(traffic).bucket.change(rate.bytesPerSecond(), TokenBucket.burstOf(rate), nowNanos);
    }

    /// A new task of `traffic`. It costs nothing while it has no request, and needs no end.
    public Task task(TrafficClass traffic, ByteRate rate, long nowNanos) {
        return new Task(share(traffic), bucket(rate, nowNanos));
    }

    /// Puts a task, with what it waits for, into another class. Its own cap goes on as it is.
    public void move(Task task, TrafficClass traffic) {
        Share to = share(traffic);
        if (!task.share.equals(to)) {
            boolean waits = task.share.turns.remove(task);
            task.share = to;
            if (waits) {
                to.turns.addLast(task);
            }
        }
    }

    /// Takes `bytes` at once if they may pass now and nobody waits.
    ///
    /// @return whether they may pass; if not, nothing changed
    public boolean tryPass(Task task, long bytes, long nowNanos) {
        if (waiting > 0
                || total.nanosFor(bytes, nowNanos) > 0
                || capped(task, bytes, nowNanos) > 0) {
            return false;
        }
        join(task.share);
        charge(task, bytes, nowNanos);
        task.share.absent = true;
        return true;
    }

    /// Files a request; it is granted by [#grant] at the earliest.
    ///
    /// @param bytes > 0; more than a burst may pass at once only from a full bucket
    public Request request(Task task, long bytes) {
        Check.argument(bytes > 0, "nothing to pass: %d", bytes);
        Request request = new Request(task, bytes);
        if (task.queue.isEmpty()) {
            task.share.turns.addLast(task);
        }
        task.queue.addLast(request);
        waiting++;
        return request;
    }

    /// Takes a request back that has not been granted; nothing happens to one that has.
    public void withdraw(Request request) {
        if (!request.granted && request.task.queue.remove(request)) {
            waiting--;
            if (request.task.queue.isEmpty()) {
                request.task.share.turns.remove(request.task);
            }
        }
    }

    /// Requests that were not granted yet.
    public int waiting() {
        return waiting;
    }

    /// Grants what may pass now, and takes its bytes from every bucket above it.
    ///
    /// @return the requests granted by this call, in their order
    public List<Request> grant(long nowNanos) {
        List<Request> granted = new ArrayList<>(1);
        while (waiting > 0) {
            Task next = next(nowNanos);
            if (next == null || total.nanosFor(first(next).bytes, nowNanos) > 0) {
                break;
            }
            granted.add(pass(next, nowNanos));
        }
        return granted;
    }

    /// Nanoseconds until [#grant] may have something to do, if no request comes; `Long.MAX_VALUE`
    /// where none waits.
    public long nanosToNext(long nowNanos) {
        Task next = next(nowNanos);
        long soonest = next == null ? NEVER : total.nanosFor(first(next).bytes, nowNanos);
        for (Share share : shares.values()) {
            for (Task task : share.turns) {
                long held = capped(task, first(task).bytes, nowNanos);
                soonest = held == 0 ? soonest : Math.min(soonest, held);
            }
        }
        return soonest;
    }

    /// The task whose request is the next to pass: of the class that had least, among those that
    /// their own caps do not hold back. Null where caps hold back all.
    private @Nullable Task next(long nowNanos) {
        Task best = null;
        for (Share share : shares.values()) {
            Task candidate = ready(share, nowNanos);
            if (candidate != null && (best == null || share.served < best.share.served)) {
                best = candidate;
            }
        }
        return best;
    }

    private @Nullable Task ready(Share share, long nowNanos) {
        for (Task task : share.turns) {
            if (capped(task, first(task).bytes, nowNanos) == 0) {
                join(share);
                return task;
            }
        }
        share.absent = true;
        return null;
    }

    /// A class that was away starts where the others are.
    private void join(Share share) {
        if (share.absent) {
            share.served = Math.max(share.served, virtualTime);
            share.absent = false;
        }
    }

    /// How long the caps of task and class hold back so many bytes.
    private static long capped(Task task, long bytes, long nowNanos) {
        return Math.max(
                task.share.bucket.nanosFor(bytes, nowNanos), task.bucket.nanosFor(bytes, nowNanos));
    }

    private void charge(Task task, long bytes, long nowNanos) {
        Share share = task.share;
        total.reserve(bytes, nowNanos);
        share.bucket.reserve(bytes, nowNanos);
        task.bucket.reserve(bytes, nowNanos);
        virtualTime = share.served;
        share.served += (double) bytes / share.traffic.weight();
    }

    private Request pass(Task task, long nowNanos) {
        Request request = task.queue.removeFirst();
        charge(task, request.bytes, nowNanos);
        ArrayDeque<Task> turns = task.share.turns;
        turns.remove(task);
        if (!task.queue.isEmpty()) {
            turns.addLast(task);
        }
        request.granted = true;
        waiting--;
        return request;
    }

    private static Request first(Task task) {
        return Objects.requireNonNull(task.queue.peekFirst(), "a task in turn has a request");
    }

    private Share share(TrafficClass traffic) {
        return Objects.requireNonNull(shares.get(traffic));
    }
}
