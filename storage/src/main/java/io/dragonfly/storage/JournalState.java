// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Version;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// What the records of one journal amount to. Not thread-safe.
final class JournalState {
    private final BlockTable table = new BlockTable();
    private final TreeMap<String, String> notes = new TreeMap<>();

    /// Blocks that no sync mark covers, with the offsets of their records.
    private final Map<Integer, Long> unsynced = new HashMap<>();

    private Version version;
    private String bootId;
    private @Nullable FileStamp stamp;
    private boolean settled;
    private boolean unsyncedDrops;

    JournalState(JournalRecord.Header header) {
        this.version = header.version();
        this.bootId = header.bootId();
    }

    /// Takes the next record in.
    ///
    /// @param offset of the record in the journal
    /// @return false where it cannot follow the ones before it; nothing is changed then
    boolean apply(JournalRecord record, long offset) {
        settled = record instanceof JournalRecord.Synced mark && mark.covered() == offset;
        switch (record) {
            case JournalRecord.Header _ -> {
                return false;
            }
            case JournalRecord.BlockStored stored -> {
                table.put(stored.block(), stored.digest());
                unsynced.put(stored.block(), offset);
                stamp = null;
            }
            case JournalRecord.BlockDropped dropped -> {
                table.remove(dropped.block());
                unsynced.remove(dropped.block());
                unsyncedDrops = true;
                stamp = null;
            }
            case JournalRecord.LengthKnown known -> {
                return lengthKnown(known.length());
            }
            case JournalRecord.NoteSet note -> notes.put(note.key(), note.value());
            case JournalRecord.Synced synced -> {
                bootId = synced.bootId();
                unsyncedDrops &= !settled;
                unsynced.values().removeIf(at -> at < synced.covered());
            }
            case JournalRecord.Completed completed -> stamp = completed.stamp();
        }
        return true;
    }

    private boolean lengthKnown(long length) {
        Geometry geometry = version.geometry();
        if (length < 0 || geometry.lengthKnown()) {
            return length == geometry.length();
        }
        version = version.withLength(length);
        return true;
    }

    /// Removes the blocks that do not lie within `length` bytes.
    void cut(long length) {
        Geometry geometry = version.geometry();
        long end = geometry.lengthKnown() ? Math.min(length, geometry.length()) : length;
        BitSet here = table.snapshot();
        for (int block = here.nextSetBit(0); block >= 0; block = here.nextSetBit(block + 1)) {
            boolean beyond = geometry.lengthKnown() && block >= geometry.blocks();
            if (beyond || geometry.blockOffset(block) + geometry.blockLength(block) > end) {
                table.remove(block);
                unsynced.remove(block);
            }
        }
    }

    Version version() {
        return version;
    }

    BlockTable table() {
        return table;
    }

    Map<String, String> notes() {
        return notes;
    }

    /// The boot in which the journal was last written.
    String bootId() {
        return bootId;
    }

    BitSet unsynced() {
        BitSet blocks = new BitSet();
        unsynced.keySet().forEach(blocks::set);
        return blocks;
    }

    /// What the complete file looked like, where nothing was journalled for it since.
    @Nullable FileStamp stamp() {
        return stamp;
    }

    /// Whether the last record is a sync mark that covers all before it.
    boolean settled() {
        return settled;
    }

    /// Whether a block was dropped of which the medium may not know yet.
    boolean unsyncedDrops() {
        return unsyncedDrops;
    }

    boolean complete() {
        Geometry geometry = version.geometry();
        return geometry.lengthKnown() && table.count() == geometry.blocks();
    }
}
