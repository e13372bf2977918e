// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// One timer thread for all streams of a client or server, and virtual threads for what the timer
/// starts. What is scheduled after the end is dropped.
final class Timers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Timers.class);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledThreadPoolExecutor timer;
    private final Duration patience;

    /// @param patience how long [#close] waits for what runs
    Timers(String name, Duration patience) {
        this.patience = patience;
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name(name).factory());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    /// Runs `task` on a virtual thread of its own.
    void run(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException _) {
            // Closed: nobody is left whom the task could serve.
        }
    }

    /// Runs `task` on a virtual thread of its own, later.
    void after(long nanos, Runnable task) {
        try {
            var _ = timer.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException _) {
            // Closed: nobody is left whom the task could serve.
        }
    }

    /// Runs `task` on the timer's thread, again and again; it must not block.
    void every(Duration interval, Runnable task) {
        long nanos = interval.toNanos();
        var _ =
                timer.scheduleWithFixedDelay(
                        () -> {
                            try {
                                task.run();
                            } catch (RuntimeException e) {
                                LOG.error("A timer's task failed", e); // else it would be the last
                            }
                        },
                        nanos,
                        nanos,
                        TimeUnit.NANOSECONDS);
    }

    /// Ends the timer and waits for the threads that it started, but not for ever.
    @Override
    public void close() {
        timer.shutdown();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("A receiver of control messages does not come back; not waiting for it");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts who closes", e);
        }
    }
}
