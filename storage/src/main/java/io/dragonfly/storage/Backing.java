// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Sha256;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Optional;

/// Where the bytes of one version lie, on disk or in memory, and who remembers what is known about
/// it. Thread-safe for different blocks; [HeldVersion] sees to it that nobody stores or drops the
/// same block at the same time and that a block is here before it is read.
interface Backing {
    /// Keeps `data` as the bytes of `block`, then remembers the block with its digest.
    void store(int block, Sha256 digest, ByteBuffer data) throws IOException;

    /// So many bytes were stored and count: syncs where much is unsynced. Apart from [#store]: a
    /// block that is remembered must count even where the sync fails.
    void dirtied(int bytes) throws IOException;

    /// Forgets a block. Once this has returned, its place may be written again.
    void drop(int block) throws IOException;

    /// Makes the room exactly so long and remembers the length. No block is behind it.
    void lengthKnown(long length) throws IOException;

    void note(String key, String value) throws IOException;

    /// Fills `target` from byte `offset` of `block`.
    void read(int block, int offset, ByteBuffer target) throws IOException;

    long transferTo(int block, int offset, int count, WritableByteChannel target)
            throws IOException;

    /// What the file looks like now.
    FileStamp stamp() throws IOException;

    /// Every block that is here has just been stored or hashed, and the file looked like `stamp`
    /// before that was said; remembers it for [#intact].
    void verified(FileStamp stamp, boolean complete) throws IOException;

    /// Whether the file of a complete version still looks as it did when it was verified.
    boolean intact();

    /// Whether this is still our file and has the length of the (complete) content.
    boolean sound() throws IOException;

    /// Whether nobody else sees what is written here.
    boolean exclusive() throws IOException;

    /// Cuts what lies behind the known length.
    void trim() throws IOException;

    Optional<Path> contentFile();

    void sync() throws IOException;

    /// The version was deleted: what is open may be read on, nothing is opened any more.
    void detach(String reason);

    /// The window, where the version is one; see [StoredVersion#window].
    default @Nullable Window window() {
        return null;
    }

    /// Nobody uses the version now: files may be closed, a deleted version's memory given back.
    void rest(long lastUsedMillis);
}
