// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Versions in heap memory, with a limit on their bytes: for tests and simulations, and for
/// streaming through a host whose disk is full. Thread-safe. Nothing survives its closing.
///
/// A version's bytes count from its creation where the length is known, else as they come, until it
/// is deleted and its last user has released it.
public final class MemoryStore implements Store {
    private final MemoryBudget budget;
    private final int maxVersions;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentHashMap<VersionId, HeldVersion> versions = new ConcurrentHashMap<>();
    private boolean closed;

    /// @param maxBytes limit on the bytes of all versions together
    /// @param maxVersions limit on their number
    public MemoryStore(long maxBytes, int maxVersions, InstantSource clock) {
        this.budget = new MemoryBudget(maxBytes);
        this.maxVersions = maxVersions;
        this.clock = clock;
    }

    @Override
    public StoredVersion create(Version version) throws IOException {
        HeldVersion created;
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the memory store is closed");
            }
            Check.that(!versions.containsKey(version.id()), "%s is already here", version.id());
            if (versions.size() >= maxVersions) {
                throw new NoSpaceException("the memory store holds its limit of versions");
            }
            Geometry geometry = version.geometry();
            MemoryBacking backing = new MemoryBacking(budget, geometry);
            created =
                    new HeldVersion(
                            this, backing, clock, VersionState.fresh(version, clock.millis()));
            versions.put(version.id(), created);
        } finally {
            lock.unlock();
        }
        return created;
    }

    @Override
    public Optional<StoredVersion> find(VersionId id) {
        return Optional.ofNullable(versions.get(id));
    }

    @Override
    public List<StoredVersion> versions() {
        return List.copyOf(versions.values());
    }

    @Override
    public void delete(VersionId id) {
        lock.lock();
        try {
            HeldVersion version = versions.remove(id);
            if (version != null) {
                version.leave("deleted", false);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long usableBytes() {
        return budget.free();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            versions.values().forEach(version -> version.leave("the store is closed", false));
            versions.clear();
        } finally {
            lock.unlock();
        }
    }
}
