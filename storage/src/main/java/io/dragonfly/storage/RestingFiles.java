// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The versions that nobody uses and whose files are still open: a bounded number of the last ones,
/// for the next request often comes soon. Thread-safe.
///
/// A version that is used again stays listed; at worst its files are closed between two calls and
/// opened by the next one.
final class RestingFiles {
    private final int maxOpen;
    private final ReentrantLock lock = new ReentrantLock();

    /// With the times of last use, in the order of coming; guarded by lock.
    private final LinkedHashMap<DiskBacking, Long> resting = new LinkedHashMap<>();

    RestingFiles(int maxOpen) {
        this.maxOpen = maxOpen;
    }

    void add(DiskBacking backing, long lastUsedMillis) {
        Map.@Nullable Entry<DiskBacking, Long> eldest = null;
        lock.lock();
        try {
            resting.putLast(backing, lastUsedMillis);
            if (resting.size() > maxOpen) {
                eldest = resting.pollFirstEntry();
            }
        } finally {
            lock.unlock();
        }
        if (eldest != null) {
            eldest.getKey().keepLastUsed(eldest.getValue());
            eldest.getKey().closeFiles();
        }
    }

    void remove(DiskBacking backing) {
        lock.lock();
        try {
            resting.remove(backing);
        } finally {
            lock.unlock();
        }
    }
}
