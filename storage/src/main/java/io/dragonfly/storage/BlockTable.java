// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Sha256;

import java.util.Arrays;
import java.util.BitSet;

/// The blocks that are here, with their digests. Not thread-safe: its owner guards it.
///
/// Digests lie in one array instead of one object per block, for a cache of 1 TB has four million.
final class BlockTable {
    /// More blocks than one array of digests can hold are refused (16 TiB at 256 KiB each).
    static final int MAX_BLOCKS = (Integer.MAX_VALUE - 8) / Sha256.BYTES;

    private final BitSet here = new BitSet();
    private byte[] digests = new byte[0];
    private int count;

    boolean has(int block) {
        return here.get(block);
    }

    int count() {
        return count;
    }

    /// One past the highest block that is here.
    int end() {
        return here.length();
    }

    boolean hasAll(int from, int end) {
        return here.nextClearBit(from) >= end;
    }

    BitSet snapshot() {
        return (BitSet) here.clone();
    }

    Sha256 digest(int block) {
        Check.that(here.get(block), "block %d is not here", block);
        return Sha256.copyOf(digests, block * Sha256.BYTES);
    }

    void put(int block, Sha256 digest) {
        Check.argument(block >= 0 && block < MAX_BLOCKS, "block number out of range: %d", block);
        int needed = (block + 1) * Sha256.BYTES;
        if (needed > digests.length) {
            long roomy = Math.max(needed, 2L * digests.length);
            int size = (int) Math.min(roomy, (long) MAX_BLOCKS * Sha256.BYTES);
            digests = Arrays.copyOf(digests, size);
        }
        digest.copyTo(digests, block * Sha256.BYTES);
        if (!here.get(block)) {
            here.set(block);
            count++;
        }
    }

    void remove(int block) {
        if (here.get(block)) {
            here.clear(block);
            count--;
        }
    }
}
