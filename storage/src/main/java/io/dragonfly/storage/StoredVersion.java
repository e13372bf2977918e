// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.Version;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One version that is being filled or is complete. Thread-safe; blocking; never interrupted (an
/// interrupt would close the shared channel for all).
///
/// Only verified blocks are ever written: the caller has compared `digest` with the one that the
/// supernode gave (or is the seed and made it).
public interface StoredVersion {
    Version version();

    /// The end of a content of unknown length was seen. Allowed once; a second call must agree.
    void lengthKnown(long length) throws IOException;

    /// Stores `data` (position to limit, the whole block) as `block`; the buffer's position stays
    /// where it is. Writing a block that is already there is ignored if the digests are equal and a
    /// bug otherwise ([IllegalStateException]). Once this has returned, the block survives the
    /// death of the process; it survives a power cut after the next [#sync], which the store also
    /// does on its own.
    ///
    /// @throws NoSpaceException where the disk is full
    /// @throws IOException where the version was deleted, too
    void write(int block, Sha256 digest, ByteBuffer data) throws IOException;

    boolean has(int block);

    /// Snapshot of the blocks that are here.
    BitSet blocks();

    /// Number of blocks that are here.
    int blockCount();

    /// Whether the length is known and every block is here.
    boolean complete();

    Optional<Sha256> digest(int block);

    /// The digests of all blocks of `piece`, if all are here (the length must be known for the last
    /// piece).
    Optional<List<Sha256>> pieceBlocks(int piece);

    /// Takes a block back: its digest does not agree with what the supernode says, or re-reading it
    /// gave other bytes. Where the content file is also somebody's output (a hard link), the whole
    /// version is deleted instead: writing the block again would change that output.
    void drop(int block) throws IOException;

    /// Waits until `block` is here.
    ///
    /// @param timeoutNanos at most so long
    /// @return [Await#HERE], [Await#TIMEOUT]; [Await#ENDED] where the block will never come
    ///   (version deleted or failed, or the block lies behind the end)
    Await awaitBlock(int block, long timeoutNanos);

    /// The answers of [#awaitBlock].
    enum Await {
        HERE,
        TIMEOUT,
        ENDED
    }

    /// Wakes all waiters for ever with [Await#ENDED] unless the block they want is here.
    void end(String reason);

    /// Why [#end] was called, if it was.
    Optional<String> ended();

    /// Reads a block that is here, whole, into `target` (at its position).
    ///
    /// @throws IOException where the block is not here (any more), too
    void read(int block, ByteBuffer target) throws IOException;

    /// Sends bytes `offset .. offset+count` of a block that is here, as far as the target takes
    /// them; returns 0 where a non-blocking target takes nothing now.
    ///
    /// @throws IOException where the block is not here (any more), too
    long transferTo(int block, int offset, int count, WritableByteChannel target)
            throws IOException;

    /// Fills `target` (position to limit) from `offset` of a block that is here: for those who send
    /// it themselves, encrypted for example.
    ///
    /// @throws IOException where the block is not here (any more), too
    void read(int block, int offset, ByteBuffer target) throws IOException;

    /// Small facts that are kept with the version (`url`, validators' freshness, …), journalled.
    Map<String, String> notes();

    /// Sets a note. At most 64 notes, keys of at most 256 and values of at most 8192 chars.
    ///
    /// @throws IllegalArgumentException beyond these limits
    void note(String key, String value) throws IOException;

    /// The content file, for reflinks and hard links, where there is one. Only the owner of the
    /// store directory can open it.
    Optional<Path> contentFile();

    /// Makes everything written so far survive a power cut.
    void sync() throws IOException;

    /// Time of the last use (write, read or [#touch]), from the store's clock, epoch milliseconds.
    long lastUsedMillis();

    void touch();

    /// Whether the bytes are still what was verified, as far as a cheap look can tell: size,
    /// modification time and inode of a complete version's file, which may be hard-linked as an
    /// output that its owner can change. Always true while incomplete (nobody links it then) and in
    /// memory.
    ///
    /// Where it is false, serve nothing before [#reverify].
    boolean intact();

    /// Hashes every block that is here again and drops those that differ from their digests; hashes
    /// inline, so call it on a platform thread. Where the file has bad blocks or a wrong length and
    /// is also somebody's output, or is not our file any more, the version is deleted (find or
    /// create it anew): that output is never written to.
    ///
    /// @return whether every block was right
    boolean reverify() throws IOException;

    /// Counts users; a version in use is never evicted, and a user who began to read finishes even
    /// if the version is deleted meanwhile. Files of versions that nobody uses are not kept open.
    ///
    /// @return false where the version is already deleted (nothing is counted): find or create it
    ///   anew
    boolean retain();

    void release();

    boolean inUse();

    /// 0 where the version keeps its blocks. Else it has room for so many at a time, from
    /// [#firstKept] on: those that every reader has passed are forgotten, digests apart, and
    /// [#write] waits for its place.
    default int window() {
        return 0;
    }

    /// First block that a reader of a window still needs.
    default int firstKept() {
        return 0;
    }

    /// Whether nobody reads a window: then it never moves.
    default boolean unread() {
        return false;
    }

    /// This reader of a window needs `block` next, and none before it.
    default void passed(Object reader, int block) {}

    /// This reader is gone.
    default void left(Object reader) {}

    /// Somebody who is not the reader, and moves nothing, still needs the blocks from `block` on.
    default void holdFrom(int block) {}
}
