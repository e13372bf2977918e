// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// A lock, and waiting under it for what others change. Reentrant.
final class Monitor {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LongSupplier nanoTime;

    Monitor(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void run(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    <T extends @Nullable Object> T ask(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    /// Wakes those who wait. Under the lock.
    void changed() {
        changed.signalAll();
    }

    /// Asks again at each change until the answer is good enough or the time is over.
    <T extends @Nullable Object> T awaited(Supplier<T> question, Predicate<T> enough, long nanos) {
        lock.lock();
        try {
            long until = nanoTime.getAsLong() + nanos;
            while (true) {
                T answer = question.get();
                long left = until - nanoTime.getAsLong();
                if (enough.test(answer) || left <= 0) {
                    return answer;
                }
                Waits.await(changed, left);
            }
        } finally {
            lock.unlock();
        }
    }
}
