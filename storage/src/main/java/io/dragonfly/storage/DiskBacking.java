// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Sha256;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// One version on disk: a content file and a journal.
///
/// What makes it crash-safe is order. A block's bytes are written before its record, so every
/// record that a dead process left is true. A sync first forces the content, then appends a mark
/// that covers the records which were there *before* it began, then forces the journal: so where a
/// mark can be read after a power cut, the blocks it covers are on the medium, under the content
/// file's name. A dropped block's record is forced before its place is written again, or a power
/// cut might bring the old record back over new bytes.
final class DiskBacking implements Backing {
    private static final Logger log = LoggerFactory.getLogger(DiskBacking.class);

    /// What the backings of one store share.
    ///
    /// @param syncer runs syncs that nobody waits for, one after the other
    record Shared(
            FileLayer files,
            Path dir,
            DiskSpace space,
            DiskStoreSettings settings,
            RestingFiles resting,
            Executor syncer) {}

    private final Shared shared;
    private final ContentFile content;
    private final LazyFile journalFile;
    private final Journal journal;
    private final int blockSize;

    private final AtomicLong dirtyBytes = new AtomicLong();
    private final AtomicBoolean syncQueued = new AtomicBoolean();

    /// Held during a whole sync; taken before the journal's own lock.
    private final ReentrantLock syncLock = new ReentrantLock();

    // Guarded by syncLock.
    private long syncedRecords;
    private boolean directorySynced;
    private boolean forceFailed;

    /// The last mark may be in the system's cache only: the process that wrote it died.
    private boolean markDoubtful;

    private volatile @Nullable FileStamp stamp;
    private volatile boolean suspect;
    private volatile boolean detached;

    /// @param settled whether a sync mark covers everything that is there so far
    DiskBacking(
            Shared shared,
            ContentFile content,
            LazyFile journalFile,
            Journal journal,
            int blockSize,
            boolean settled) {
        this.shared = shared;
        this.content = content;
        this.journalFile = journalFile;
        this.journal = journal;
        this.blockSize = blockSize;
        this.syncedRecords = settled ? journal.position().records() : -1;
        this.directorySynced = settled;
        this.markDoubtful = settled;
    }

    /// What the complete file looked like when it was verified; null where that is not known.
    void recoveredStamp(@Nullable FileStamp known) {
        stamp = known;
        suspect = known == null;
    }

    @Override
    public void store(int block, Sha256 digest, ByteBuffer data) throws IOException {
        content.write(data, position(block, 0));
        journal.append(new JournalRecord.BlockStored(block, digest));
    }

    @Override
    public void dirtied(int bytes) throws IOException {
        long dirty = dirtyBytes.addAndGet(bytes);
        if (dirty >= 2 * shared.settings().maxDirtyBytes()) {
            sync();
        } else if (dirty >= shared.settings().maxDirtyBytes()) {
            queueSync();
        }
    }

    private long position(int block, int offset) {
        return (long) block * blockSize + offset;
    }

    @Override
    public void drop(int block) throws IOException {
        stamp = null;
        journal.append(new JournalRecord.BlockDropped(block));
        syncLock.lock();
        try {
            journal.force();
        } finally {
            syncLock.unlock();
        }
    }

    @Override
    public void lengthKnown(long length) throws IOException {
        content.lengthKnown(length);
        journal.append(new JournalRecord.LengthKnown(length));
    }

    @Override
    public void note(String key, String value) throws IOException {
        journal.append(new JournalRecord.NoteSet(key, value));
        if (journal.worthCompacting()) {
            syncLock.lock();
            try {
                journal.compact(content.file());
            } finally {
                syncLock.unlock();
            }
        }
    }

    @Override
    public void read(int block, int offset, ByteBuffer target) throws IOException {
        content.read(target, position(block, offset));
    }

    @Override
    public long transferTo(int block, int offset, int count, WritableByteChannel target)
            throws IOException {
        return content.transferTo(position(block, offset), count, target);
    }

    @Override
    public FileStamp stamp() throws IOException {
        return content.stamp();
    }

    @Override
    public void verified(FileStamp verified, boolean complete) throws IOException {
        suspect = false;
        if (complete) {
            stamp = verified;
            journal.append(new JournalRecord.Completed(verified));
            queueSync();
        }
    }

    @Override
    public boolean intact() {
        FileStamp known = stamp;
        try {
            return !suspect && (known == null || known.equals(content.stamp()));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public boolean sound() throws IOException {
        return content.sound();
    }

    @Override
    public boolean exclusive() throws IOException {
        return content.exclusive();
    }

    @Override
    public void trim() throws IOException {
        content.trim();
    }

    @Override
    public Optional<Path> contentFile() {
        return detached ? Optional.empty() : Optional.of(content.file().path());
    }

    @Override
    public void sync() throws IOException {
        if (detached) {
            return;
        }
        syncLock.lock();
        try {
            long dirty = dirtyBytes.get();
            Journal.Position covered = journal.position();
            if (covered.records() == syncedRecords) {
                forceMark();
                return;
            }
            force(covered.offset());
            markDoubtful = false;
            syncedRecords = covered.records();
            dirtyBytes.addAndGet(-dirty);
        } finally {
            syncLock.unlock();
        }
    }

    private void forceMark() throws IOException {
        if (markDoubtful) {
            journal.force();
            markDoubtful = false;
        }
    }

    private void force(long covered) throws IOException {
        if (forceFailed) {
            // The system reports lost writes once: a later success would mean nothing.
            throw new IOException("an earlier sync of " + content.file().path() + " failed");
        }
        try {
            content.file().force();
            if (!directorySynced) {
                // Before the mark: it must never vouch for an older file of the same name.
                shared.files().syncDirectory(shared.dir());
                directorySynced = true;
            }
            journal.append(new JournalRecord.Synced(journal.bootId(), covered));
            journal.force();
        } catch (SyncFailedException e) {
            forceFailed = true;
            throw e;
        }
    }

    private void queueSync() {
        if (syncQueued.compareAndSet(false, true)) {
            try {
                shared.syncer().execute(this::syncQuietly);
            } catch (RejectedExecutionException e) {
                log.debug("{} is not synced, the store is closing", content.file().path());
            }
        }
    }

    private void syncQuietly() {
        syncQueued.set(false);
        try {
            sync();
        } catch (IOException e) {
            if (!detached) {
                log.warn(
                        "cannot sync {}: {}; after a power cut its blocks are checked again",
                        content.file().path(),
                        e.toString());
            }
        }
    }

    /// What deleting the version would give back.
    long freedBytes() {
        try {
            return content.freedBytes();
        } catch (IOException e) {
            return 0;
        }
    }

    /// What deleting the version would give back of the store's limit.
    long heldBytes() {
        return content.heldBytes();
    }

    @Override
    public void detach(String reason) {
        detached = true;
        content.file().detach(reason);
        journalFile.detach(reason);
        content.forgo();
    }

    @Override
    public void rest(long lastUsedMillis) {
        if (detached) {
            closeFiles();
        } else {
            shared.resting().add(this, lastUsedMillis);
        }
    }

    /// Closes the files until the next use.
    void closeFiles() {
        content.file().rest();
        journalFile.rest();
    }

    /// Keeps the time of the last use as the journal's modification time, for the next start.
    void keepLastUsed(long lastUsedMillis) {
        try {
            shared.files().setModified(journalFile.path(), lastUsedMillis);
        } catch (IOException e) {
            log.debug("cannot keep the last use of {}: {}", journalFile.path(), e.toString());
        }
    }

    /// Closes the files now, whoever is at them.
    void shut(String reason) {
        content.file().shut(reason);
        journalFile.shut(reason);
    }
}
