// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A fair semaphore whose waiters may look up now and then without losing their place (a timed
/// `Semaphore.tryAcquire` starts again at the end of the queue), and whose size may change.
/// Thread-safe.
final class UploadSlots {
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Turn> queue = new ArrayDeque<>();
    private int limit;
    private int held;

    /// A place in the queue.
    final class Turn {
        private final Condition changed = lock.newCondition();
        private boolean granted;

        /// Waits for the slot.
        ///
        /// @param nanos at most so long
        /// @return whether the slot is held now; if not, the place is kept
        boolean await(long nanos) {
            lock.lock();
            try {
                long left = nanos;
                while (!granted && left > 0) {
                    left = changed.awaitNanos(left);
                }
                return granted;
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a connection", e);
            } finally {
                lock.unlock();
            }
        }

        /// Leaves the queue, or gives the slot back if it was granted meanwhile.
        void abandon() {
            lock.lock();
            try {
                if (granted) {
                    release();
                } else {
                    queue.remove(this);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// @param limit slots, 0 = unlimited
    UploadSlots(int limit) {
        this.limit = limit;
    }

    /// Takes a slot if one is free and nobody waits.
    boolean tryAcquire() {
        lock.lock();
        try {
            if (!queue.isEmpty() || !free()) {
                return false;
            }
            held++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Queues for a slot. The caller must come to hold it and [#release] it, or abandon it.
    Turn enqueue() {
        lock.lock();
        try {
            Turn turn = new Turn();
            queue.add(turn);
            grant();
            return turn;
        } finally {
            lock.unlock();
        }
    }

    void release() {
        lock.lock();
        try {
            held--;
            grant();
        } finally {
            lock.unlock();
        }
    }

    /// Changes the number of slots; holders keep theirs.
    void resize(int newLimit) {
        lock.lock();
        try {
            limit = newLimit;
            grant();
        } finally {
            lock.unlock();
        }
    }

    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    private boolean free() {
        return limit == 0 || held < limit;
    }

    private void grant() {
        while (free() && !queue.isEmpty()) {
            Turn turn = queue.remove();
            held++;
            turn.granted = true;
            turn.changed.signal();
        }
    }
}
