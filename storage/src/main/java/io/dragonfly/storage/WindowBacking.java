// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Sha256;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;

/// One version that is handed on and not kept: what is new lies in a [Window], what was stored
/// before the disk was full is read from there.
final class WindowBacking extends HeapBacking {
    private final MemoryBudget budget;
    private final long taken;
    private final Window window;
    private final @Nullable StoredVersion base;

    /// Blocks that are read from the base. Guarded by itself.
    private final BitSet fromBase;

    private final AtomicBoolean over = new AtomicBoolean();

    /// @param taken bytes of the budget that are given back in the end
    /// @param base in use until the end
    WindowBacking(
            MemoryBudget budget,
            long taken,
            int blocks,
            int total,
            @Nullable StoredVersion base,
            BitSet fromBase) {
        this.budget = budget;
        this.taken = taken;
        this.window = new Window(blocks, total);
        this.base = base;
        this.fromBase = fromBase;
    }

    @Override
    public Window window() {
        return window;
    }

    @Override
    public void store(int block, Sha256 digest, ByteBuffer data) throws IOException {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        window.put(block, bytes);
    }

    @Override
    public void drop(int block) {
        synchronized (fromBase) {
            fromBase.clear(block);
        }
        window.drop(block);
    }

    @Override
    public void lengthKnown(long length) {}

    @Override
    public void read(int block, int offset, ByteBuffer target) throws IOException {
        StoredVersion stored = base;
        boolean here;
        synchronized (fromBase) {
            here = fromBase.get(block);
        }
        if (stored == null || !here) {
            target.put(window.get(block), offset, target.remaining());
        } else if (offset == 0) {
            stored.read(block, target);
        } else {
            throw new IOException("blocks are read whole here");
        }
    }

    @Override
    public long transferTo(int block, int offset, int count, WritableByteChannel target)
            throws IOException {
        throw new IOException("the version is not served: it is only handed on");
    }

    @Override
    public void detach(String reason) {
        window.close();
    }

    /// The one who streamed it is done.
    @Override
    public void rest(long lastUsedMillis) {
        if (!over.getAndSet(true)) {
            window.close();
            budget.give(taken);
            if (base != null) {
                base.release();
            }
        }
    }
}
