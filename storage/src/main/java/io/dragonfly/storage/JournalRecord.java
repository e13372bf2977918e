// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.Version;

/// One entry of a journal.
sealed interface JournalRecord {
    /// The first record of every journal.
    ///
    /// @param bootId of the boot in which the following records were written
    record Header(Version version, String bootId) implements JournalRecord {}

    /// The bytes of the block had been written when this was.
    record BlockStored(int block, Sha256 digest) implements JournalRecord {}

    record BlockDropped(int block) implements JournalRecord {}

    record LengthKnown(long length) implements JournalRecord {}

    record NoteSet(String key, String value) implements JournalRecord {}

    /// The content of every block whose record lies before `covered` is on the medium.
    ///
    /// @param bootId of the boot in which the following records were written
    /// @param covered offset in the journal; at most this record's own offset
    record Synced(String bootId, long covered) implements JournalRecord {}

    /// Every block was here and the content file looked like this.
    record Completed(FileStamp stamp) implements JournalRecord {}
}
