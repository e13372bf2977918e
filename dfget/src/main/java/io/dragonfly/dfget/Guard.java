// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.DurationConverter;
import io.dragonfly.cli.ExitCode;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Ends a run from outside, by Ctrl-C or because its time is over: closes what is open, which also
/// wakes whoever waits on it and removes the temporary output. Thread-safe.
final class Guard {
    private enum State {
        RUNNING,
        TIMED_OUT,
        CANCELLED,
        ENDED
    }

    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final List<Closeable> open = new ArrayList<>();
    private State state = State.RUNNING;
    private boolean exiting;
    private Duration timeout = Duration.ZERO;
    private long deadlineNanos;

    Guard(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// Starts the clock of the run; zero for none.
    void start(Duration limit) {
        if (limit.isZero()) {
            return;
        }
        timeout = limit;
        deadlineNanos = nanoTime.getAsLong() + limit.toNanos();
        Thread clock = new Thread(this::awaitTimeout, "timeout");
        clock.setDaemon(true);
        clock.start();
    }

    /// Closes it when the run is ended from outside; at once where that has happened.
    void add(Closeable resource) {
        lock.lock();
        try {
            open.add(resource);
            if (state == State.RUNNING || state == State.ENDED) {
                return;
            }
        } finally {
            lock.unlock();
        }
        closeAll();
    }

    /// Ends the run by the user's wish; false where it was over already.
    boolean cancel() {
        return stop(State.CANCELLED);
    }

    /// The run is over; nothing is closed from outside any more.
    void end() {
        lock.lock();
        try {
            state = state == State.RUNNING ? State.ENDED : state;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The process is about to exit, with a code of its own.
    void exit() {
        lock.lock();
        try {
            exiting = true;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The time that is left, at most `nanos`.
    long remainingNanos(long nanos) {
        return timeout.isZero()
                ? nanos
                : Math.max(1, Math.min(nanos, deadlineNanos - nanoTime.getAsLong()));
    }

    /// Why the run ended from outside, or null while it did not.
    @Nullable CommandFailure failure() {
        lock.lock();
        try {
            return switch (state) {
                case TIMED_OUT ->
                        new CommandFailure(
                                ExitCode.TIMEOUT,
                                "not done within "
                                        + DurationConverter.text(timeout)
                                        + " (--timeout); the same command goes on from here");
                case CANCELLED ->
                        new CommandFailure(
                                ExitCode.CANCELLED,
                                "cancelled; the same command goes on from here");
                case RUNNING, ENDED -> null;
            };
        } finally {
            lock.unlock();
        }
    }

    private void awaitTimeout() {
        lock.lock();
        try {
            long left = deadlineNanos - nanoTime.getAsLong();
            while (state == State.RUNNING && left > 0) {
                left = ended.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        } finally {
            lock.unlock();
        }
        stop(State.TIMED_OUT);
    }

    private boolean stop(State reason) {
        lock.lock();
        try {
            if (state == State.ENDED || exiting) {
                return false;
            }
            state = state == State.RUNNING ? reason : state;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        closeAll();
        return true;
    }

    private void closeAll() {
        List<Closeable> last;
        lock.lock();
        try {
            last = new ArrayList<>(open);
            open.clear();
        } finally {
            lock.unlock();
        }
        for (Closeable resource : last.reversed()) {
            try {
                resource.close();
            } catch (IOException _) {
                // The run ends anyway, with the reason that the user gave.
            }
        }
    }
}
