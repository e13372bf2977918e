// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.TaskSpec;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Contents that some origin gave to somebody who did not say who he is, and that have the digest
/// which he named: whoever names the digest may have them, wherever he asks. Thread-safe.
final class PublicContents {
    /// The oldest gives way.
    private static final int MAX = 100_000;

    private record Key(Digest digest, String tag) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, TaskId> tasks = new LinkedHashMap<>();

    /// The task of which the content was read.
    Optional<TaskId> find(TaskSpec asked) {
        Key key = key(asked);
        if (key == null) {
            return Optional.empty();
        }
        lock.lock();
        try {
            return Optional.ofNullable(tasks.get(key));
        } finally {
            lock.unlock();
        }
    }

    /// @param asked the request that it was read for
    void add(TaskSpec asked, TaskId task) {
        Key key = key(asked);
        if (key == null) {
            return;
        }
        lock.lock();
        try {
            tasks.remove(key);
            if (tasks.size() >= MAX) {
                tasks.remove(tasks.keySet().iterator().next());
            }
            tasks.put(key, task);
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable Key key(TaskSpec asked) {
        Digest digest = asked.digest();
        return digest == null || !WholeCheck.proves(digest) ? null : new Key(digest, asked.tag());
    }
}
