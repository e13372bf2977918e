// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Version;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.Map;

/// Memory for contents that the disk has no room for: they go through it to their readers, in
/// order, and are kept nowhere. Thread-safe.
public final class StreamMemory {
    /// What is known of each block takes memory as well: some tens of bytes.
    static final int MOST_BLOCKS = 1 << 20;

    private final MemoryBudget budget;
    private final long windowBytes;
    private final InstantSource clock;
    private final MemoryStore nowhere;

    /// @param maxBytes of all windows together
    /// @param windowBytes of one; more where two ranges need more
    public StreamMemory(long maxBytes, long windowBytes, InstantSource clock) {
        this.budget = new MemoryBudget(maxBytes);
        this.windowBytes = windowBytes;
        this.clock = clock;
        this.nowhere = new MemoryStore(1, 1, clock);
    }

    /// A version that is handed on, see [StoredVersion#window]. Its memory is given back when its
    /// last user has released it; the caller is the first one, by [StoredVersion#retain].
    ///
    /// @param base what was stored of it, or null; it is read and not changed
    /// @throws NoSpaceException where too much is handed on already, or the content is too large
    public StoredVersion open(Version version, @Nullable StoredVersion base) throws IOException {
        Geometry geometry = version.geometry();
        if (geometry.lengthKnown() && geometry.blocks() > MOST_BLOCKS) {
            long most = (long) MOST_BLOCKS * geometry.blockSize();
            throw new NoSpaceException(
                    ("the store has no room for %d bytes, and %d are the most that can be handed"
                                    + " on without")
                            .formatted(geometry.length(), most));
        }
        long twoRanges = 2L * geometry.rangeBlocks();
        int blocks = Math.toIntExact(Math.max(twoRanges, windowBytes / geometry.blockSize()));
        long bytes = (long) blocks * geometry.blockSize();
        budget.take(bytes);
        if (base != null && !base.retain()) {
            budget.give(bytes);
            throw new IOException("the version was just deleted: try again");
        }
        int total = geometry.lengthKnown() ? geometry.blocks() : Integer.MAX_VALUE;
        BlockTable table = new BlockTable();
        BitSet fromBase = base == null ? new BitSet() : base.blocks();
        if (base != null) {
            for (int b = fromBase.nextSetBit(0); b >= 0; b = fromBase.nextSetBit(b + 1)) {
                int block = b;
                base.digest(b).ifPresent(digest -> table.put(block, digest));
            }
        }
        Version known = base == null ? version : base.version();
        VersionState state = new VersionState(known, table, Map.of(), clock.millis());
        WindowBacking backing = new WindowBacking(budget, bytes, blocks, total, base, fromBase);
        return new HeldVersion(nowhere, backing, clock, state);
    }
}
