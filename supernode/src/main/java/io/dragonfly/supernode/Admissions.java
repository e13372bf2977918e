// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Digest;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// What registries said of who may read which of their repositories, and of what is in them. Only
/// the supernode's own questions count. Whoever was given one blob of a repository may have the
/// others of it without another question, for a time, and only those that are known to be in it:
/// the name of a repository in a URL alone says nothing. Thread-safe; milliseconds since 1970.
final class Admissions {
    /// An acceptance is believed for so long, or until the token expires; that is also how late a
    /// revocation is noticed.
    static final long ADMITTED_MILLIS = 300_000;

    /// That a blob is in a repository is believed for so long after it was last seen there.
    static final long CONTAINED_MILLIS = 3_600_000;

    /// What is remembered of each kind; the oldest gives way, and costs a question more.
    static final int MAX = 100_000;

    private static final int MAX_STORES = 16;

    private record Content(BlobRequest.Place place, Digest digest) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Long> askers = new LinkedHashMap<>();
    private final Map<Content, Long> contents = new LinkedHashMap<>();

    /// By registry: where what it gives lies, if elsewhere.
    private final Map<String, Set<String>> stores = new LinkedHashMap<>();

    /// Whether that blob may be given to whoever asks, without a question.
    boolean admits(BlobRequest request, long nowMillis) {
        lock.lock();
        try {
            return nowMillis < askers.getOrDefault(request.asker(), 0L)
                    && nowMillis < contents.getOrDefault(content(request), 0L);
        } finally {
            lock.unlock();
        }
    }

    /// The registry gave, or would give, that blob to whoever asks.
    void admitted(BlobRequest request, long nowMillis) {
        lock.lock();
        try {
            long until = Math.min(nowMillis + ADMITTED_MILLIS, request.validUntil());
            put(askers, request.asker(), until);
            put(contents, content(request), nowMillis + CONTAINED_MILLIS);
        } finally {
            lock.unlock();
        }
    }

    /// The registry refused whoever asks: what it said before does not count any more.
    void refused(BlobRequest request) {
        lock.lock();
        try {
            askers.remove(request.asker());
        } finally {
            lock.unlock();
        }
    }

    /// What the registry gives comes from there.
    ///
    /// @param store scheme, host and port
    void servedFrom(BlobRequest.Place place, String store) {
        lock.lock();
        try {
            if (!store.isEmpty() && !store.equals(place.registry())) {
                Set<String> known = stores.get(place.server());
                if (known == null) {
                    known = new LinkedHashSet<>();
                    put(stores, place.server(), known);
                }
                if (known.size() < MAX_STORES) {
                    known.add(store);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether contents of the registry are known to lie there.
    boolean isStore(BlobRequest.Place place, String store) {
        lock.lock();
        try {
            return stores.getOrDefault(place.server(), Set.of()).contains(store);
        } finally {
            lock.unlock();
        }
    }

    private static Content content(BlobRequest request) {
        return new Content(request.place(), request.digest());
    }

    private static <K, V> void put(Map<K, V> map, K key, V value) {
        map.remove(key);
        if (map.size() >= MAX) {
            map.remove(map.keySet().iterator().next());
        }
        map.put(key, value);
    }
}
