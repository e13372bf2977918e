// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.TaskId;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Which peers read an origin themselves now, because the seed cannot reach it: few at a time per
/// task and per origin, for everybody at once would be the stampede that the seed is there to
/// prevent. A turn lasts until the peer says that it is over, its stream ends, or it has lasted too
/// long. Where those who had a turn failed too, nobody else has one for a while. Thread-safe;
/// milliseconds of any one clock.
final class OriginLeases {
    /// @param perTask turns at a time
    /// @param perHost turns at a time, of all tasks of one origin
    /// @param most turns at a time of all
    /// @param askAgainMillis who waits asks again after about this
    /// @param longestMillis a turn that nobody ends is over then
    /// @param failures of peers after which the origin counts as not reachable
    /// @param failedMillis how long it does
    record Settings(
            int perTask,
            int perHost,
            int most,
            long askAgainMillis,
            long longestMillis,
            int failures,
            long failedMillis) {
        static final Settings DEFAULT = new Settings(2, 6, 1000, 3000, 1_800_000, 2, 30_000);

        Settings {
            Check.argument(
                    perTask >= 1 && perHost >= perTask && most >= perHost,
                    "turns: %d per task, %d per origin, %d",
                    perTask,
                    perHost,
                    most);
        }
    }

    /// What a peer that asks is told.
    sealed interface Answer {
        /// Its turn is now.
        record Granted() implements Answer {}

        /// Others have theirs.
        record AskAgain(long millis) implements Answer {}

        /// Peers cannot reach the origin either.
        record Hopeless() implements Answer {}
    }

    private record Lease(TaskId task, String host, PeerId peer, long since) {}

    private record Failed(TaskId task, long at) {}

    private final Settings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Lease> leases = new ArrayList<>();
    private final List<Failed> failed = new ArrayList<>();

    OriginLeases(Settings settings) {
        this.settings = settings;
    }

    /// @param host of the origin
    Answer ask(TaskId task, String host, PeerId peer, long now) {
        lock.lock();
        try {
            leases.removeIf(l -> now - l.since() >= settings.longestMillis());
            failed.removeIf(f -> now - f.at() >= settings.failedMillis());
            // Who asks again has come back without a word.
            leases.removeIf(l -> l.peer().equals(peer) && l.task().equals(task));
            if (failed.stream().filter(f -> f.task().equals(task)).count() >= settings.failures()) {
                return new Answer.Hopeless();
            }
            long ofTask = leases.stream().filter(l -> l.task().equals(task)).count();
            long ofHost = leases.stream().filter(l -> l.host().equals(host)).count();
            if (ofTask >= settings.perTask()
                    || ofHost >= settings.perHost()
                    || leases.size() >= settings.most()) {
                return new Answer.AskAgain(settings.askAgainMillis());
            }
            leases.add(new Lease(task, host, peer, now));
            return new Answer.Granted();
        } finally {
            lock.unlock();
        }
    }

    /// A peer says that its turn is over.
    ///
    /// @param read whether the content could be read
    void ended(TaskId task, PeerId peer, boolean read, long now) {
        lock.lock();
        try {
            boolean had = leases.removeIf(l -> l.peer().equals(peer) && l.task().equals(task));
            if (had && read) {
                failed.removeIf(f -> f.task().equals(task));
            } else if (had && failed.size() < settings.most()) {
                failed.add(new Failed(task, now));
            }
        } finally {
            lock.unlock();
        }
    }

    /// A peer's stream ended.
    void gone(PeerId peer) {
        lock.lock();
        try {
            leases.removeIf(l -> l.peer().equals(peer));
        } finally {
            lock.unlock();
        }
    }
}
