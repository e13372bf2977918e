// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.Version;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The state of one version, without its bytes: which blocks are here, who waits, who uses it.
/// Thread-safe.
///
/// `lock` is not held while a block is stored or dropped, so that asking and waiting never wait for
/// a disk. Such a block is marked *busy* instead; whoever wants to store or drop it, too, waits for
/// that mark.
final class Ledger {
    /// The answers of [#leave].
    enum Leaving {
        /// It is gone already, or in use and was to leave only if unused.
        REFUSED,
        UNUSED,
        STILL_USED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition blockFreed = lock.newCondition();
    private final BlockWaiters waiters = new BlockWaiters(lock);

    // All guarded by lock; `version` may be read without it.
    private final BlockTable table;
    private final BitSet busy = new BitSet();
    private volatile Version version;
    private @Nullable String ended;
    private @Nullable String gone;
    private int users;
    private int drops;

    Ledger(Version version, BlockTable table) {
        this.version = version;
        this.table = table;
    }

    Version version() {
        return version;
    }

    /// Whether the version became complete by it. The lock is held while the backing is told, for
    /// no block may come in behind the end meanwhile.
    boolean lengthKnown(long length, Backing backing) throws IOException {
        lock.lock();
        try {
            Geometry now = version.geometry();
            if (now.lengthKnown()) {
                Check.that(
                        now.length() == length,
                        "the length of %s is %d, not %d",
                        version.id(),
                        now.length(),
                        length);
                return false;
            }
            requireHere();
            Geometry next = now.withLength(length);
            int end = Math.max(table.end(), busy.length());
            Check.that(
                    next.blockOffset(end) <= length,
                    "version %s has blocks behind the length %d",
                    version.id(),
                    length);
            backing.lengthKnown(length);
            version = version.withLength(length);
            waiters.signalAll();
            return completeLocked();
        } finally {
            lock.unlock();
        }
    }

    /// Marks the block busy; false where it is already here.
    boolean reserve(int block, Sha256 digest, int bytes) throws IOException {
        lock.lock();
        try {
            Geometry geometry = version.geometry();
            Check.argument(block >= 0 && block < BlockTable.MAX_BLOCKS, "no such block: %d", block);
            Check.argument(
                    bytes == geometry.blockLength(block),
                    "block %d has %d bytes, not %d",
                    block,
                    geometry.blockLength(block),
                    bytes);
            awaitFree(block);
            if (table.has(block)) {
                Check.that(
                        table.digest(block).equals(digest),
                        "block %d of %s is here with another digest",
                        block,
                        version.id());
                return false;
            }
            // The length may have become known while this one waited.
            Check.argument(
                    bytes == version.geometry().blockLength(block), "block %d is cut", block);
            busy.set(block);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void awaitFree(int block) throws IOException {
        requireHere();
        while (busy.get(block)) {
            blockFreed.awaitUninterruptibly();
            requireHere();
        }
    }

    /// Ends what [#reserve] began; whether the version became complete by it.
    boolean settle(int block, @Nullable Sha256 stored) {
        lock.lock();
        try {
            busy.clear(block);
            blockFreed.signalAll();
            if (stored == null) {
                return false;
            }
            table.put(block, stored);
            waiters.signal(block);
            return completeLocked();
        } finally {
            lock.unlock();
        }
    }

    /// Takes the block out and marks it busy until [#settle]; false where it is not here.
    boolean beginDrop(int block) throws IOException {
        lock.lock();
        try {
            awaitFree(block);
            if (!table.has(block)) {
                return false;
            }
            busy.set(block);
            table.remove(block);
            drops++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean has(int block) {
        lock.lock();
        try {
            return table.has(block);
        } finally {
            lock.unlock();
        }
    }

    BitSet blocks() {
        lock.lock();
        try {
            return table.snapshot();
        } finally {
            lock.unlock();
        }
    }

    int blockCount() {
        lock.lock();
        try {
            return table.count();
        } finally {
            lock.unlock();
        }
    }

    boolean complete() {
        lock.lock();
        try {
            return completeLocked();
        } finally {
            lock.unlock();
        }
    }

    private boolean completeLocked() {
        Geometry geometry = version.geometry();
        return geometry.lengthKnown() && table.count() == geometry.blocks();
    }

    Optional<Sha256> digest(int block) {
        lock.lock();
        try {
            return table.has(block) ? Optional.of(table.digest(block)) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    Optional<List<Sha256>> pieceBlocks(int piece) {
        lock.lock();
        try {
            Geometry geometry = version.geometry();
            int from = geometry.firstBlockOfPiece(piece);
            int end = geometry.endBlockOfPiece(piece);
            if (from >= end || !table.hasAll(from, end)) {
                return Optional.empty();
            }
            List<Sha256> digests = new ArrayList<>(end - from);
            for (int block = from; block < end; block++) {
                digests.add(table.digest(block));
            }
            return Optional.of(Collections.unmodifiableList(digests));
        } finally {
            lock.unlock();
        }
    }

    StoredVersion.Await awaitBlock(int block, long timeoutNanos) {
        Check.argument(block >= 0, "no such block: %d", block);
        long left = timeoutNanos;
        lock.lock();
        try {
            while (true) {
                if (table.has(block)) {
                    return StoredVersion.Await.HERE;
                }
                Geometry geometry = version.geometry();
                if (ended != null || (geometry.lengthKnown() && block >= geometry.blocks())) {
                    return StoredVersion.Await.ENDED;
                }
                if (left <= 0) {
                    return StoredVersion.Await.TIMEOUT;
                }
                left = waiters.await(block, left);
            }
        } finally {
            lock.unlock();
        }
    }

    void end(String reason) {
        lock.lock();
        try {
            if (ended == null) {
                ended = reason;
                waiters.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    Optional<String> ended() {
        lock.lock();
        try {
            return Optional.ofNullable(ended);
        } finally {
            lock.unlock();
        }
    }

    /// Number of drops so far, where the block is here.
    int requireBlock(int block) throws IOException {
        lock.lock();
        try {
            if (!table.has(block)) {
                throw new IOException("block " + block + " of " + version.id() + " is not here");
            }
            return drops;
        } finally {
            lock.unlock();
        }
    }

    private void requireHere() throws IOException {
        if (gone != null) {
            throw new IOException("version " + version.id() + " cannot be written: " + gone);
        }
    }

    boolean retain() {
        lock.lock();
        try {
            if (gone != null) {
                return false;
            }
            users++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Whether that was the last user.
    boolean release() {
        lock.lock();
        try {
            Check.that(users > 0, "version %s is released more often than retained", version.id());
            users--;
            return users == 0;
        } finally {
            lock.unlock();
        }
    }

    boolean inUse() {
        lock.lock();
        try {
            return users > 0;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the version for writers, waiters and new users.
    Leaving leave(String reason, boolean onlyIfUnused) {
        lock.lock();
        try {
            if (gone != null || (onlyIfUnused && users > 0)) {
                return Leaving.REFUSED;
            }
            gone = reason;
            if (ended == null) {
                ended = reason;
            }
            waiters.signalAll();
            blockFreed.signalAll();
            return users == 0 ? Leaving.UNUSED : Leaving.STILL_USED;
        } finally {
            lock.unlock();
        }
    }

    /// Number of threads in [#awaitBlock].
    int waiting() {
        lock.lock();
        try {
            return waiters.size();
        } finally {
            lock.unlock();
        }
    }
}
