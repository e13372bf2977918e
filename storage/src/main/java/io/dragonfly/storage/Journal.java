// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Version;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The journal of one version, for appending. Thread-safe.
///
/// Each append is one write to the file, not a batch: a block's record must have reached the
/// system's cache before `write` returns, or a killed process would lose the block, and a write of
/// 49 bytes costs about a fiftieth of the write of the block itself.
final class Journal {
    /// Where the journal ended at some moment.
    ///
    /// @param records how many records other than sync marks it had got so far
    record Position(long offset, long records) {}

    /// So many bytes that only repeat or revoke make it worth writing the journal anew.
    private static final long MAX_GARBAGE_BYTES = 256 << 10;

    private final FileLayer files;
    private final LazyFile file;
    private final String bootId;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private long end;
    private int checksum;
    private boolean bootRecorded;
    private long records;
    private long garbage;

    private Journal(FileLayer files, LazyFile file, String bootId) {
        this.files = files;
        this.file = file;
        this.bootId = bootId;
    }

    /// Begins a new, empty file.
    static Journal begin(FileLayer files, LazyFile file, Version version) throws IOException {
        Journal journal = new Journal(files, file, files.bootId());
        journal.write(JournalFormat.preamble());
        journal.bootRecorded = true;
        journal.append(new JournalRecord.Header(version, journal.bootId));
        return journal;
    }

    /// Goes on behind what was read. All of its blocks are either on the medium or written in this
    /// boot, except for those in `lost`, which are dropped at once.
    static Journal goOn(FileLayer files, LazyFile file, JournalScan.Read read, BitSet lost)
            throws IOException {
        Journal journal = new Journal(files, file, files.bootId());
        journal.end = read.end();
        journal.checksum = read.checksum();
        journal.bootRecorded = read.state().bootId().equals(journal.bootId);
        long blocks = read.state().table().count();
        journal.garbage = read.end() - blocks * JournalFormat.BLOCK_RECORD_BYTES;
        if (!lost.isEmpty()) {
            // Without a mark of this boot before them: it would say that the lost blocks are there.
            for (int block = lost.nextSetBit(0); block >= 0; block = lost.nextSetBit(block + 1)) {
                JournalRecord dropped = new JournalRecord.BlockDropped(block);
                journal.write(JournalFormat.encode(dropped, journal.checksum));
            }
        }
        if (!lost.isEmpty() || read.state().unsyncedDrops()) {
            // The places of dropped blocks may be written again from now on.
            journal.force();
        }
        return journal;
    }

    void append(JournalRecord record) throws IOException {
        lock.lock();
        try {
            if (!bootRecorded && !(record instanceof JournalRecord.Synced)) {
                // Records of another boot come: what is here so far is on the medium.
                write(JournalFormat.encode(new JournalRecord.Synced(bootId, end), checksum));
                bootRecorded = true;
            }
            ByteBuffer bytes = JournalFormat.encode(record, checksum);
            int size = bytes.remaining();
            write(bytes);
            if (record instanceof JournalRecord.Synced) {
                bootRecorded = true;
            } else {
                records++;
            }
            if (!(record instanceof JournalRecord.BlockStored)) {
                garbage += size;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Moves the end only when all is written: a failed append is overwritten by the next one.
    private void write(ByteBuffer bytes) throws IOException {
        int size = bytes.remaining();
        int next = JournalFormat.checksum(bytes);
        StoreFile open = file.acquire();
        try {
            open.write(bytes, end);
        } finally {
            file.release();
        }
        end += size;
        checksum = next;
    }

    Position position() {
        lock.lock();
        try {
            return new Position(end, records);
        } finally {
            lock.unlock();
        }
    }

    /// Makes what was appended before the call survive a power cut.
    void force() throws IOException {
        file.force();
    }

    boolean worthCompacting() {
        lock.lock();
        try {
            return garbage > MAX_GARBAGE_BYTES;
        } finally {
            lock.unlock();
        }
    }

    String bootId() {
        return bootId;
    }

    /// Writes the journal anew without what was revoked or repeated. The caller keeps others from
    /// calling [#force] meanwhile.
    ///
    /// @param content whose every journalled block is forced first, for the new journal says so
    void compact(LazyFile content) throws IOException {
        lock.lock();
        try {
            JournalState state = reread();
            content.force();
            Path path = file.path();
            Path fresh = path.resolveSibling(path.getFileName() + ".new");
            files.delete(fresh);
            LazyFile freshFile = new LazyFile(files, fresh, files.create(fresh));
            Journal copy = new Journal(files, freshFile, bootId);
            try {
                copy.fill(state);
                copy.force();
            } finally {
                copy.file.shut("it was copied");
            }
            file.rest();
            files.move(fresh, path);
            // A later forced record must not end up in a file whose name a power cut takes back.
            files.syncDirectory(path.resolveSibling("."));
            end = copy.end;
            checksum = copy.checksum;
            bootRecorded = true;
            garbage = 0;
        } finally {
            lock.unlock();
        }
    }

    private JournalState reread() throws IOException {
        StoreFile open = file.acquire();
        try {
            if (JournalScan.scan(open) instanceof JournalScan.Read read && read.end() == end) {
                return read.state();
            }
            throw new IOException(file.path() + " cannot be read back");
        } finally {
            file.release();
        }
    }

    private void fill(JournalState state) throws IOException {
        write(JournalFormat.preamble());
        bootRecorded = true;
        append(new JournalRecord.Header(state.version(), bootId));
        BlockTable table = state.table();
        BitSet here = table.snapshot();
        for (int block = here.nextSetBit(0); block >= 0; block = here.nextSetBit(block + 1)) {
            append(new JournalRecord.BlockStored(block, table.digest(block)));
        }
        for (Map.Entry<String, String> note : state.notes().entrySet()) {
            append(new JournalRecord.NoteSet(note.getKey(), note.getValue()));
        }
        FileStamp stamp = state.stamp();
        if (stamp != null) {
            append(new JournalRecord.Completed(stamp));
        }
        append(new JournalRecord.Synced(bootId, end));
    }
}
