// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.net.piece.Throttle;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/// Copies blocks that agree from other versions of a task, one after the other, on a thread that
/// lives while there are any. Thread-safe.
final class Adoptions {
    /// Hears how a copy ended. Called under no lock of this class.
    interface Outcome {
        void adopted(int block);

        void notAdopted(int block, IOException why);
    }

    private record Wanted(int block, StoredVersion donor, int length) {}

    private final Recalled recalled;
    private final Throttle disk;
    private final Executor threads;
    private final Outcome outcome;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Wanted> wanted = new ArrayDeque<>();
    private boolean running;

    Adoptions(Recalled recalled, Throttle disk, Executor threads, Outcome outcome) {
        this.recalled = recalled;
        this.disk = disk;
        this.threads = threads;
        this.outcome = outcome;
    }

    void add(int block, StoredVersion donor, int length) {
        lock.lock();
        try {
            wanted.add(new Wanted(block, donor, length));
            if (!running) {
                running = true;
                threads.execute(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (Wanted next = next(); next != null; next = next()) {
            try {
                disk.acquire(next.length());
                recalled.copy(next.block(), next.donor(), next.length());
                outcome.adopted(next.block());
            } catch (IOException e) {
                outcome.notAdopted(next.block(), e);
            }
        }
    }

    private @Nullable Wanted next() {
        lock.lock();
        try {
            Wanted next = wanted.poll();
            running = next != null;
            return next;
        } finally {
            lock.unlock();
        }
    }
}
