// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Check;

import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/// The notes of one version. Thread-safe. It has a lock of its own because a note is journalled
/// while the lock is held: the order in the journal is the order in memory.
final class Notes {
    private static final int MAX_NOTES = 64;
    private static final int MAX_KEY = 256;
    private static final int MAX_VALUE = 8192;

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<String, String> values;

    Notes(Map<String, String> values) {
        this.values = new TreeMap<>(values);
    }

    void put(String key, String value, Backing backing) throws IOException {
        Check.argument(key.length() <= MAX_KEY, "a note's key has at most %d chars", MAX_KEY);
        Check.argument(value.length() <= MAX_VALUE, "a note has at most %d chars", MAX_VALUE);
        lock.lock();
        try {
            if (value.equals(values.get(key))) {
                return;
            }
            Check.argument(
                    values.size() < MAX_NOTES || values.containsKey(key),
                    "a version has at most %d notes",
                    MAX_NOTES);
            backing.note(key, value);
            values.put(key, value);
        } finally {
            lock.unlock();
        }
    }

    Map<String, String> snapshot() {
        lock.lock();
        try {
            return Collections.unmodifiableMap(new TreeMap<>(values));
        } finally {
            lock.unlock();
        }
    }
}
