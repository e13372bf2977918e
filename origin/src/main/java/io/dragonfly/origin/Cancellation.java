// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Ends blocking work from another thread: by closing what it waits for, never by an interrupt (which
/// would close file channels that others share). Thread-safe; cancelling is final.
public final class Cancellation {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Runnable> hooks = new LinkedHashSet<>();
    private boolean cancelled;

    /// Runs what was registered, in the order of registration, and wakes all sleepers. A second call
    /// does nothing.
    public void cancel() {
        List<Runnable> toRun;
        lock.lock();
        try {
            cancelled = true;
            toRun = new ArrayList<>(hooks);
            hooks.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        toRun.forEach(Runnable::run);
    }

    public boolean cancelled() {
        lock.lock();
        try {
            return cancelled;
        } finally {
            lock.unlock();
        }
    }

    /// Has `hook` run when this is cancelled; at once if it is already. The hook must not block.
    public void register(Runnable hook) {
        lock.lock();
        try {
            if (!cancelled) {
                hooks.add(hook);
                return;
            }
        } finally {
            lock.unlock();
        }
        hook.run();
    }

    /// Forgets a hook (the same object).
    public void unregister(Runnable hook) {
        lock.lock();
        try {
            hooks.remove(hook);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until cancelled, at most so long.
    ///
    /// @return whether it is cancelled
    public boolean await(Duration time) {
        lock.lock();
        try {
            long left = time.toNanos();
            while (!cancelled && left > 0) {
                left = changed.awaitNanos(left);
            }
            return cancelled;
        } catch (InterruptedException e) {
            // Nobody here interrupts; whoever does wants the work to end. The flag is not set again:
            // it would close the next file channel this thread touches.
            cancel();
            return true;
        } finally {
            lock.unlock();
        }
    }
}
