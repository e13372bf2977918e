// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Who waits for which block of one version. All methods are called with the version's lock held.
///
/// There is one condition per awaited block, so a block wakes only those who want it: with one
/// condition for all, a thousand waiting peers would be woken for each of a thousand blocks.
final class BlockWaiters {
    private static final class Queue {
        private final Condition condition;
        private int waiting;

        Queue(Condition condition) {
            this.condition = condition;
        }
    }

    private final ReentrantLock lock;
    private final Map<Integer, Queue> queues = new HashMap<>();

    BlockWaiters(ReentrantLock lock) {
        this.lock = lock;
    }

    /// Waits until someone signals or the time is over; returns the time that is left. The caller
    /// looks at the state again.
    @SuppressWarnings("WaitNotInLoop") // The loop is the caller's: it knows what is waited for.
    long await(int block, long nanos) {
        Queue queue = queues.computeIfAbsent(block, _ -> new Queue(lock.newCondition()));
        queue.waiting++;
        try {
            return queue.condition.awaitNanos(nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts who waits for a block", e);
        } finally {
            queue.waiting--;
            if (queue.waiting == 0) {
                queues.remove(block, queue);
            }
        }
    }

    void signal(int block) {
        Queue queue = queues.get(block);
        if (queue != null) {
            queue.condition.signalAll();
        }
    }

    void signalAll() {
        queues.values().forEach(queue -> queue.condition.signalAll());
    }

    int size() {
        return queues.values().stream().mapToInt(queue -> queue.waiting).sum();
    }
}
