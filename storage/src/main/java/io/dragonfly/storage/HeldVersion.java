// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.Version;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One version over either backing: which blocks are here, who waits, who uses it.
///
/// `lock` guards the state and is not held while a block is read or written, so that asking and
/// waiting never wait for a disk. A block that is being stored or dropped is marked *busy* instead;
/// whoever wants to store or drop it too waits for that mark.
final class HeldVersion implements StoredVersion {
    private final Store owner;
    private final Backing backing;
    private final InstantSource clock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition blockFreed = lock.newCondition();
    private final BlockWaiters waiters = new BlockWaiters(lock);
    private final BlockTable table;
    private final BitSet busy = new BitSet();
    private volatile Version version;
    private @Nullable String ended;
    private @Nullable String gone;
    private int users;
    private int drops;

    private final Notes notes;
    private volatile long lastUsedMillis;

    HeldVersion(Store owner, Backing backing, InstantSource clock, VersionState state) {
        this.owner = owner;
        this.backing = backing;
        this.clock = clock;
        this.version = state.version();
        this.table = state.table();
        this.notes = new Notes(state.notes());
        this.lastUsedMillis = state.lastUsedMillis();
    }

    @Override
    public Version version() {
        return version;
    }

    @Override
    public void lengthKnown(long length) throws IOException {
        boolean completed;
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
                return;
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
            completed = completeLocked();
        } finally {
            lock.unlock();
        }
        if (completed) {
            markVerified();
        }
    }

    @Override
    public void write(int block, Sha256 digest, ByteBuffer data) throws IOException {
        if (!reserve(block, digest, data.remaining())) {
            return;
        }
        boolean stored = false;
        boolean completed;
        try {
            backing.store(block, digest, data.duplicate());
            stored = true;
        } finally {
            completed = settle(block, stored ? digest : null);
        }
        touch();
        if (completed) {
            markVerified();
        }
    }

    /// Marks the block busy; false where it is already here.
    private boolean reserve(int block, Sha256 digest, int bytes) throws IOException {
        lock.lock();
        try {
            Geometry geometry = version.geometry();
            Check.argument(
                    block >= 0 && block < BlockTable.MAX_BLOCKS, "no such block: %d", block);
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
    private boolean settle(int block, @Nullable Sha256 stored) {
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

    /// Remembers how the complete content looks from outside.
    void markVerified() throws IOException {
        backing.verified(backing.stamp(), true);
    }

    @Override
    public boolean has(int block) {
        lock.lock();
        try {
            return table.has(block);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public BitSet blocks() {
        lock.lock();
        try {
            return table.snapshot();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int blockCount() {
        lock.lock();
        try {
            return table.count();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean complete() {
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

    @Override
    public Optional<Sha256> digest(int block) {
        lock.lock();
        try {
            return table.has(block) ? Optional.of(table.digest(block)) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<List<Sha256>> pieceBlocks(int piece) {
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

    @Override
    public void drop(int block) throws IOException {
        lock.lock();
        try {
            awaitFree(block);
            if (!table.has(block)) {
                return;
            }
            busy.set(block);
            table.remove(block);
            drops++;
        } finally {
            lock.unlock();
        }
        boolean dropped = false;
        try {
            if (backing.exclusive()) {
                backing.drop(block);
                dropped = true;
            }
        } finally {
            try {
                if (!dropped) {
                    // Not forgotten on disk, or not ours to write again: nothing may be stored here.
                    owner.delete(version.id());
                }
            } finally {
                settle(block, null);
            }
        }
    }

    @Override
    public Await awaitBlock(int block, long timeoutNanos) {
        Check.argument(block >= 0, "no such block: %d", block);
        long left = timeoutNanos;
        lock.lock();
        try {
            while (true) {
                if (table.has(block)) {
                    return Await.HERE;
                }
                Geometry geometry = version.geometry();
                if (ended != null || (geometry.lengthKnown() && block >= geometry.blocks())) {
                    return Await.ENDED;
                }
                if (left <= 0) {
                    return Await.TIMEOUT;
                }
                left = waiters.await(block, left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end(String reason) {
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

    @Override
    public Optional<String> ended() {
        lock.lock();
        try {
            return Optional.ofNullable(ended);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void read(int block, ByteBuffer target) throws IOException {
        requireBlock(block);
        int length = version.geometry().blockLength(block);
        Check.argument(
                target.remaining() >= length, "block %d has %d bytes, no room", block, length);
        int start = target.position();
        int dropsBefore;
        do {
            // A dropped block's place may be written again under a read: then read once more.
            dropsBefore = requireBlock(block);
            backing.read(block, 0, target.slice(start, length));
        } while (requireBlock(block) != dropsBefore);
        target.position(start + length);
        touch();
    }

    @Override
    public long transferTo(int block, int offset, int count, WritableByteChannel target)
            throws IOException {
        requireBlock(block);
        int length = version.geometry().blockLength(block);
        Check.argument(
                offset >= 0 && count >= 0 && offset <= length - count,
                "bytes %d + %d are not in block %d of %d bytes",
                offset,
                count,
                block,
                length);
        touch();
        return backing.transferTo(block, offset, count, target);
    }

    /// Number of drops so far, where the block is here.
    private int requireBlock(int block) throws IOException {
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

    @Override
    public Map<String, String> notes() {
        return notes.snapshot();
    }

    @Override
    public void note(String key, String value) throws IOException {
        notes.put(key, value, backing);
    }

    @Override
    public Optional<Path> contentFile() {
        return backing.contentFile();
    }

    @Override
    public void sync() throws IOException {
        backing.sync();
    }

    @Override
    public boolean intact() {
        return !complete() || backing.intact();
    }

    @Override
    public boolean reverify() throws IOException {
        FileStamp before = backing.stamp();
        BitSet bad = badBlocks();
        if (bad.isEmpty() && (!complete() || backing.sound())) {
            backing.verified(before, complete());
            return true;
        }
        if (!backing.exclusive()) {
            owner.delete(version.id());
            return false;
        }
        for (int block = bad.nextSetBit(0); block >= 0; block = bad.nextSetBit(block + 1)) {
            drop(block);
        }
        backing.trim();
        backing.verified(backing.stamp(), complete());
        return bad.isEmpty();
    }

    private BitSet badBlocks() throws IOException {
        BitSet bad = new BitSet();
        BitSet here = blocks();
        Geometry geometry = version.geometry();
        ByteBuffer buffer = ByteBuffer.allocate(geometry.blockSize());
        for (int block = here.nextSetBit(0); block >= 0; block = here.nextSetBit(block + 1)) {
            Optional<Sha256> digest = digest(block);
            buffer.clear().limit(geometry.blockLength(block));
            if (digest.isPresent() && !readsAs(block, buffer, digest.get())) {
                bad.set(block);
            }
        }
        return bad;
    }

    /// Whether the block's bytes have that digest; a block that cannot be read whole has not.
    private boolean readsAs(int block, ByteBuffer buffer, Sha256 digest) throws IOException {
        try {
            backing.read(block, 0, buffer);
        } catch (EOFException e) {
            return false;
        }
        return Sha256.of(buffer.flip()).equals(digest);
    }

    @Override
    public long lastUsedMillis() {
        return lastUsedMillis;
    }

    @Override
    public void touch() {
        lastUsedMillis = clock.millis();
    }

    @Override
    public boolean retain() {
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

    @Override
    public void release() {
        boolean last;
        lock.lock();
        try {
            Check.that(users > 0, "version %s is released more often than retained", version.id());
            users--;
            last = users == 0;
        } finally {
            lock.unlock();
        }
        touch();
        if (last) {
            backing.rest(lastUsedMillis);
        }
    }

    @Override
    public boolean inUse() {
        lock.lock();
        try {
            return users > 0;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the version for writers and waiters; called by its store, which removes it.
    ///
    /// @return false where it is gone already, or in use although `onlyIfUnused`
    boolean leave(String reason, boolean onlyIfUnused) {
        boolean unused;
        lock.lock();
        try {
            if (gone != null || (onlyIfUnused && users > 0)) {
                return false;
            }
            gone = reason;
            if (ended == null) {
                ended = reason;
            }
            waiters.signalAll();
            blockFreed.signalAll();
            unused = users == 0;
        } finally {
            lock.unlock();
        }
        backing.detach(reason);
        if (unused) {
            backing.rest(lastUsedMillis);
        }
        return true;
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
