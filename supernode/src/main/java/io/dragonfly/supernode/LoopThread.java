// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// The thread of the [SwarmLoop] with its bounded queue: applies what was posted, in order, in
/// rounds of what has come meanwhile.
final class LoopThread implements AutoCloseable {
    /// What a round is besides the actions. Called by the thread.
    interface Rounds {
        /// When [#tick] is due, on the clock.
        long wakeAt();

        void tick();

        /// A round is over, before the thread waits again.
        void ended();
    }

    private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);

    private static final int QUEUE = 100_000;
    private static final long IDLE_NANOS = 1_000_000_000L;

    /// Actions of one round, at most: what they say to one peer is one frame.
    private static final int TOGETHER = 256;

    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(QUEUE);
    private final LongSupplier nanoTime;
    private final Rounds rounds;
    private final Thread thread;
    private final AtomicLong bugs = new AtomicLong();
    private volatile boolean closed;

    LoopThread(LongSupplier nanoTime, Rounds rounds) {
        this.nanoTime = nanoTime;
        this.rounds = rounds;
        this.thread = Thread.ofPlatform().name("swarm-loop").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Has `action` applied; waits while the queue is full, so that a fast origin or a storm of
    /// reports slows down those who cause it.
    void post(Runnable action) {
        try {
            queue.put(action);
        } catch (InterruptedException e) {
            throw new IllegalStateException("the supernode's threads are never interrupted", e);
        }
    }

    private void run() {
        List<Runnable> actions = new ArrayList<>(TOGETHER);
        while (!closed) {
            try {
                long now = nanoTime.getAsLong();
                long wait = Math.max(0, Math.min(IDLE_NANOS, rounds.wakeAt() - now));
                Runnable first = queue.poll(wait, TimeUnit.NANOSECONDS);
                if (first != null) {
                    actions.add(first);
                    queue.drainTo(actions, TOGETHER - 1);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("the swarm loop is never interrupted", e);
            }
            actions.forEach(this::apply);
            actions.clear();
            if (nanoTime.getAsLong() >= rounds.wakeAt()) {
                apply(rounds::tick);
            }
            rounds.ended();
        }
    }

    /// Runs it now, on the thread; a bug in it ends nothing else.
    void apply(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            bug(e);
        }
    }

    void bug(RuntimeException e) {
        bugs.incrementAndGet();
        LOG.error("bug in the swarm loop", e);
    }

    /// Exceptions that came out of what was posted.
    long bugs() {
        return bugs.get();
    }

    int queued() {
        return queue.size();
    }

    @Override
    public void close() {
        closed = true;
        post(() -> {});
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the supernode's threads are never interrupted", e);
        }
    }
}
