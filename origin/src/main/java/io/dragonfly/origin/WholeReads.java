// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.TaskSpec;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Origins of which parts could not be put together lately: their servers name no version, or name
/// it differently. They are asked for all at once for a while. Thread-safe.
final class WholeReads {
    private static final int MAX_ORIGINS = 256;
    private static final long REMEMBERED_NANOS = 600_000_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final LongSupplier nanoTime;

    /// When each was met, the oldest first.
    private final Map<String, Long> origins = new LinkedHashMap<>();

    WholeReads(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void add(TaskSpec spec) {
        lock.lock();
        try {
            origins.remove(key(spec));
            if (origins.size() >= MAX_ORIGINS) {
                origins.remove(origins.keySet().iterator().next());
            }
            origins.put(key(spec), nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    boolean contains(TaskSpec spec) {
        lock.lock();
        try {
            Long met = origins.get(key(spec));
            if (met != null && nanoTime.getAsLong() - met >= REMEMBERED_NANOS) {
                origins.remove(key(spec));
                return false;
            }
            return met != null;
        } finally {
            lock.unlock();
        }
    }

    private static String key(TaskSpec spec) {
        return spec.url().getScheme() + "://" + spec.url().getHost() + ":" + spec.url().getPort();
    }
}
