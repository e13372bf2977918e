// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Keeps a finished download for a while after its last event: callers fetch the content after they
/// read that it is complete, and some take long. Also the daemon's clock for small periodic work.
final class Linger implements Closeable {
    private final DownloadTable table;
    private final Duration time;
    private final ScheduledThreadPoolExecutor timer;

    Linger(DownloadTable table, Duration time) {
        this.table = table;
        this.time = time;
        this.timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("dfdaemon-timer").factory());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    void endLater(DownloadTable.Entry entry) {
        if (timer.isShutdown()) {
            table.expire(entry);
            return;
        }
        var _ = timer.schedule(() -> table.expire(entry), time.toNanos(), TimeUnit.NANOSECONDS);
    }

    void every(Duration interval, Runnable work) {
        var _ =
                timer.scheduleWithFixedDelay(
                        work, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}
