// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import java.util.concurrent.locks.Condition;

/// Bounded waits that nobody may interrupt: the engine never interrupts its threads (an interrupt
/// would close a shared file), so one that comes from elsewhere is a bug.
final class Waits {
    private Waits() {}

    /// Waits on `condition`, whose lock is held, for at most `nanos`.
    ///
    /// @return whether there is time left
    @SuppressWarnings("WaitNotInLoop") // the callers loop
    static boolean await(Condition condition, long nanos) {
        try {
            return condition.awaitNanos(nanos) > 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException("the engine's threads are never interrupted", e);
        }
    }
}
