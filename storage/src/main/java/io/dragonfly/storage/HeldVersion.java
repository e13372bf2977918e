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
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One version over either backing: what its [Ledger] says is done here.
final class HeldVersion implements StoredVersion {
    private final Store owner;
    private final Backing backing;
    private final InstantSource clock;
    private final Ledger ledger;
    private final Notes notes;
    private volatile long lastUsedMillis;

    HeldVersion(Store owner, Backing backing, InstantSource clock, VersionState state) {
        this.owner = owner;
        this.backing = backing;
        this.clock = clock;
        this.ledger = new Ledger(state.version(), state.table());
        this.notes = new Notes(state.notes());
        this.lastUsedMillis = state.lastUsedMillis();
    }

    @Override
    public Version version() {
        return ledger.version();
    }

    @Override
    public void lengthKnown(long length) throws IOException {
        if (ledger.lengthKnown(length, backing)) {
            markVerified();
        }
    }

    @Override
    public void write(int block, Sha256 digest, ByteBuffer data) throws IOException {
        if (!ledger.reserve(block, digest, data.remaining())) {
            return;
        }
        boolean stored = false;
        boolean completed;
        try {
            backing.store(block, digest, data.duplicate());
            stored = true;
        } finally {
            completed = ledger.settle(block, stored ? digest : null);
        }
        touch();
        if (completed) {
            markVerified();
        }
        backing.dirtied(data.remaining());
    }

    /// Remembers how the complete content looks from outside.
    void markVerified() throws IOException {
        backing.verified(backing.stamp(), true);
    }

    @Override
    public boolean has(int block) {
        return ledger.has(block);
    }

    @Override
    public BitSet blocks() {
        return ledger.blocks();
    }

    @Override
    public int blockCount() {
        return ledger.blockCount();
    }

    @Override
    public boolean complete() {
        return ledger.complete();
    }

    @Override
    public Optional<Sha256> digest(int block) {
        return ledger.digest(block);
    }

    @Override
    public Optional<List<Sha256>> pieceBlocks(int piece) {
        return ledger.pieceBlocks(piece);
    }

    @Override
    public void drop(int block) throws IOException {
        if (!ledger.beginDrop(block)) {
            return;
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
                    // Not forgotten on disk, or not ours to write again: store nothing here.
                    owner.delete(version().id());
                }
            } finally {
                ledger.settle(block, null);
            }
        }
    }

    @Override
    public Await awaitBlock(int block, long timeoutNanos) {
        return ledger.awaitBlock(block, timeoutNanos);
    }

    @Override
    public void end(String reason) {
        ledger.end(reason);
        Window window = backing.window();
        if (window != null) {
            window.close();
        }
    }

    @Override
    public Optional<String> ended() {
        return ledger.ended();
    }

    @Override
    public void read(int block, ByteBuffer target) throws IOException {
        ledger.requireBlock(block);
        int length = version().geometry().blockLength(block);
        Check.argument(
                target.remaining() >= length, "block %d has %d bytes, no room", block, length);
        int start = target.position();
        int dropsBefore;
        do {
            // A dropped block's place may be written again under a read: then read once more.
            dropsBefore = ledger.requireBlock(block);
            backing.read(block, 0, target.slice(start, length));
        } while (ledger.requireBlock(block) != dropsBefore);
        target.position(start + length);
        touch();
    }

    @Override
    public long transferTo(int block, int offset, int count, WritableByteChannel target)
            throws IOException {
        requireInside(block, offset, count);
        touch();
        return backing.transferTo(block, offset, count, target);
    }

    @Override
    public void read(int block, int offset, ByteBuffer target) throws IOException {
        requireInside(block, offset, target.remaining());
        touch();
        backing.read(block, offset, target);
    }

    private void requireInside(int block, int offset, int count) throws IOException {
        ledger.requireBlock(block);
        int length = version().geometry().blockLength(block);
        Check.argument(
                offset >= 0 && count >= 0 && offset <= length - count,
                "bytes %d + %d are not in block %d of %d bytes",
                offset,
                count,
                block,
                length);
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
            owner.delete(version().id());
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
        Geometry geometry = version().geometry();
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
        return ledger.retain();
    }

    @Override
    public void release() {
        boolean last = ledger.release();
        touch();
        if (last) {
            backing.rest(lastUsedMillis);
        }
    }

    @Override
    public boolean inUse() {
        return ledger.inUse();
    }

    @Override
    public int window() {
        Window window = backing.window();
        return window == null ? 0 : window.blocks();
    }

    @Override
    public int firstKept() {
        Window window = backing.window();
        return window == null ? 0 : window.first();
    }

    @Override
    public boolean unread() {
        Window window = backing.window();
        return window != null && window.unread();
    }

    @Override
    public void passed(Object reader, int block) {
        Window window = backing.window();
        if (window != null) {
            window.passed(reader, block);
        }
    }

    @Override
    public void left(Object reader) {
        Window window = backing.window();
        if (window != null) {
            window.left(reader);
        }
    }

    @Override
    public void holdFrom(int block) {
        Window window = backing.window();
        if (window != null) {
            window.holdFrom(block);
        }
    }

    /// Ends the version; called by its store, which removes it.
    ///
    /// @return false where it is gone already, or in use although `onlyIfUnused`
    boolean leave(String reason, boolean onlyIfUnused) {
        Ledger.Leaving leaving = ledger.leave(reason, onlyIfUnused);
        if (leaving == Ledger.Leaving.REFUSED) {
            return false;
        }
        backing.detach(reason);
        if (leaving == Ledger.Leaving.UNUSED) {
            backing.rest(lastUsedMillis);
        }
        return true;
    }

    /// Number of threads in [#awaitBlock].
    int waiting() {
        return ledger.waiting();
    }
}
