// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.TaskId;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Bounds the questions to origins whether they accept somebody's credentials: one at a time for
/// equal credentials and task, so that the others find the answer, and so many in all. Thread-safe.
final class RequesterChecks {
    /// Questions under way at the same time, over all tasks.
    static final int MAX = 32;

    /// Locks for all pairs of task and credentials; two pairs that meet in one only wait.
    private static final int STRIPES = 256;

    private final Semaphore running = new Semaphore(MAX, true);
    private final ReentrantLock[] stripes =
            Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(ReentrantLock[]::new);

    /// The right to ask; closed by the thread that got it.
    final class Turn implements AutoCloseable {
        private final ReentrantLock stripe;

        private Turn(ReentrantLock stripe) {
            this.stripe = stripe;
        }

        @Override
        public void close() {
            running.release();
            stripe.unlock();
        }
    }

    /// Waits for a turn; bounded by what those before need.
    ///
    /// @param who hash of the credentials
    Turn turn(TaskId task, String who) {
        int hash = task.hashCode() * 31 + who.hashCode();
        ReentrantLock stripe = stripes[Math.floorMod(hash ^ (hash >>> 16), STRIPES)];
        stripe.lock();
        running.acquireUninterruptibly();
        return new Turn(stripe);
    }
}
