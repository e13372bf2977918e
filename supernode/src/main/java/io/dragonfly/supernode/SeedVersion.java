// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Version;
import io.dragonfly.origin.Freshness;
import io.dragonfly.origin.OriginException;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One version that the seed reads or has read. Thread-safe.
final class SeedVersion {
    private final StoredVersion stored;
    private final Secret secret;
    private final @Nullable String owner;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean reading;
    private @Nullable OriginException failure;
    private long validatedMillis;
    private Freshness freshness;
    private final LongAdder readFromOrigin = new LongAdder();

    /// @param owner hash of the credentials that it was got with; null where nobody knows any more
    SeedVersion(
            StoredVersion stored,
            Secret secret,
            @Nullable String owner,
            Freshness freshness,
            long nowMillis) {
        this.stored = stored;
        this.secret = secret;
        this.owner = owner;
        this.freshness = freshness;
        this.validatedMillis = nowMillis;
    }

    Version version() {
        return stored.version();
    }

    Geometry geometry() {
        return stored.version().geometry();
    }

    StoredVersion stored() {
        return stored;
    }

    Secret secret() {
        return secret;
    }

    /// Whether the origin gave it for these credentials.
    boolean gotWith(String who) {
        return who.equals(owner);
    }

    boolean reading() {
        lock.lock();
        try {
            return reading;
        } finally {
            lock.unlock();
        }
    }

    void begun() {
        lock.lock();
        try {
            reading = true;
            failure = null;
        } finally {
            lock.unlock();
        }
    }

    void ended(@Nullable OriginException why) {
        lock.lock();
        try {
            reading = false;
            failure = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the end of the reading.
    void awaitRead() throws OriginException {
        lock.lock();
        try {
            while (reading) {
                changed.awaitUninterruptibly();
            }
            if (failure != null) {
                throw failure;
            }
        } finally {
            lock.unlock();
        }
    }

    void validated(Freshness now, long nowMillis) {
        lock.lock();
        try {
            freshness = now;
            validatedMillis = nowMillis;
        } finally {
            lock.unlock();
        }
    }

    /// What the origin allowed when it answered last.
    Freshness freshness() {
        lock.lock();
        try {
            return freshness;
        } finally {
            lock.unlock();
        }
    }

    long validatedMillis() {
        lock.lock();
        try {
            return validatedMillis;
        } finally {
            lock.unlock();
        }
    }

    long readFromOrigin() {
        return readFromOrigin.sum();
    }

    void countRead(int bytes) {
        readFromOrigin.add(bytes);
    }
}
