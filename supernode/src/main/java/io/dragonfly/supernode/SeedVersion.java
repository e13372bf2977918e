// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Version;
import io.dragonfly.origin.Freshness;
import io.dragonfly.origin.OriginException;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
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

    /// By which requests it was read.
    private final Set<TaskSpec> readBy = new LinkedHashSet<>();

    private @Nullable WholeCheck whole;
    private boolean verifiedWhole;
    private boolean isPublic;

    /// Blocks that went bad on the disk, and the digests that peers were told.
    private final Map<Integer, Sha256> damaged = new HashMap<>();

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

    /// It is read by this request, too.
    void readBy(TaskSpec asked) {
        lock.lock();
        try {
            readBy.add(asked);
        } finally {
            lock.unlock();
        }
    }

    /// By which requests it was read.
    Set<TaskSpec> readBy() {
        lock.lock();
        try {
            return Set.copyOf(readBy);
        } finally {
            lock.unlock();
        }
    }

    /// Has the whole content compared with this digest when it is read.
    void expect(WholeCheck check) {
        lock.lock();
        try {
            whole = check;
        } finally {
            lock.unlock();
        }
    }

    @Nullable WholeCheck whole() {
        lock.lock();
        try {
            return whole;
        } finally {
            lock.unlock();
        }
    }

    /// The whole content has the digest that was asked for.
    ///
    /// @param toAnybody whether the origin gave all of it to somebody who did not say who he is
    void verifiedWhole(boolean toAnybody) {
        lock.lock();
        try {
            verifiedWhole = true;
            isPublic = toAnybody;
        } finally {
            lock.unlock();
        }
    }

    /// Whether the whole content was compared with the digest that was asked for, and has it.
    boolean verifiedWhole() {
        lock.lock();
        try {
            return verifiedWhole;
        } finally {
            lock.unlock();
        }
    }

    /// Whether whoever names its digest may have it.
    boolean isPublic() {
        lock.lock();
        try {
            return isPublic;
        } finally {
            lock.unlock();
        }
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

    void damaged(Map<Integer, Sha256> bad) {
        lock.lock();
        try {
            damaged.putAll(bad);
        } finally {
            lock.unlock();
        }
    }

    boolean isDamaged() {
        lock.lock();
        try {
            return !damaged.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// The origin gave a block, maybe for the second time.
    ///
    /// @throws OriginException where it is not what peers were told it is
    void requireSame(int block, Sha256 digest) throws OriginException {
        lock.lock();
        try {
            Sha256 before = damaged.remove(block);
            if (before != null && !before.equals(digest)) {
                throw lost();
            }
        } finally {
            lock.unlock();
        }
    }

    /// What was read before cannot be had any more.
    static OriginException lost() {
        return new OriginException(
                OriginException.Kind.CHANGED,
                "the supernode's disk lost a part and the origin has other content by now",
                true);
    }

    /// Waits for the end of the reading.
    ///
    /// @throws OriginException where it fails, or has not ended after `longest`
    void awaitRead(Duration longest) throws OriginException {
        lock.lock();
        try {
            long left = longest.toNanos();
            while (reading) {
                if (left <= 0) {
                    throw new OriginException(
                            OriginException.Kind.NETWORK,
                            "the origin has not sent the content within "
                                    + longest.toSeconds()
                                    + " s",
                            true);
                }
                left = changed.awaitNanos(left);
            }
            if (failure != null) {
                throw failure;
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("the supernode's threads are never interrupted", e);
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
