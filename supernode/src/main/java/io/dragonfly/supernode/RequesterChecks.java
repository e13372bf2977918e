// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Bounds the questions to origins whether they accept somebody's credentials: one at a time for
/// equal credentials and content, so that the others find the answer, and so many of one server.
/// Thread-safe.
final class RequesterChecks {
    /// Questions under way at the same time to one server.
    static final int MAX = 32;

    /// Two servers that meet in one only wait.
    private static final int SERVERS = 64;

    /// Locks for all pairs of task and credentials; two pairs that meet in one only wait.
    private static final int STRIPES = 256;

    private final Semaphore[] running =
            Stream.generate(() -> new Semaphore(MAX, true))
                    .limit(SERVERS)
                    .toArray(Semaphore[]::new);
    private final ReentrantLock[] stripes =
            Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(ReentrantLock[]::new);

    /// The right to ask; closed by the thread that got it.
    static final class Turn implements AutoCloseable {
        private final ReentrantLock stripe;
        private final Semaphore server;

        private Turn(ReentrantLock stripe, Semaphore server) {
            this.stripe = stripe;
            this.server = server;
        }

        @Override
        public void close() {
            server.release();
            stripe.unlock();
        }
    }

    /// Waits for a turn; bounded by what those before need.
    ///
    /// @param question equal for those whose answer is the same
    /// @param server that is asked
    Turn turn(String question, String server) {
        ReentrantLock stripe = stripes[place(question, STRIPES)];
        Semaphore slots = running[place(server, SERVERS)];
        stripe.lock();
        slots.acquireUninterruptibly();
        return new Turn(stripe, slots);
    }

    private static int place(String text, int places) {
        int hash = text.hashCode();
        return Math.floorMod(hash ^ (hash >>> 16), places);
    }
}
