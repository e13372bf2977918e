// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import java.util.concurrent.locks.LockSupport;

/// How a [LimitedThrottle] waits; another one lets tests run in virtual time. Thread-safe.
public interface Parker {
    /// Threads that really wait.
    Parker THREADS =
            new Parker() {
                @Override
                public void park(long nanos) {
                    if (nanos == Long.MAX_VALUE) {
                        LockSupport.park(this);
                    } else {
                        LockSupport.parkNanos(this, nanos);
                    }
                }

                @Override
                public void unpark(Thread thread) {
                    LockSupport.unpark(thread);
                }
            };

    /// Holds up the calling thread for at most `nanos` (`Long.MAX_VALUE`: for ever), or until
    /// somebody unparks it. May return early for no reason.
    void park(long nanos);

    /// Lets the thread go on, or lets its next [#park] return at once.
    void unpark(Thread thread);
}
