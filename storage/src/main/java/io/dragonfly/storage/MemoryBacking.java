// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.ConcurrentHashMap;

/// One version in heap memory.
final class MemoryBacking extends HeapBacking {
    private final MemoryBudget budget;
    private final ConcurrentHashMap<Integer, byte[]> blocks = new ConcurrentHashMap<>();

    // All guarded by `this`, for short sums only.
    private boolean lengthKnown;
    private boolean detached;
    private long taken;

    MemoryBacking(MemoryBudget budget, Geometry geometry) throws NoSpaceException {
        this.budget = budget;
        this.lengthKnown = geometry.lengthKnown();
        if (lengthKnown) {
            budget.take(geometry.length());
            taken = geometry.length();
        }
    }

    @Override
    public void store(int block, Sha256 digest, ByteBuffer data) throws IOException {
        take(data.remaining());
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        blocks.put(block, bytes);
    }

    private synchronized void take(int bytes) throws IOException {
        if (detached) {
            throw new IOException("the version was deleted");
        }
        if (!lengthKnown) {
            budget.take(bytes);
            taken += bytes;
        }
    }

    @Override
    public synchronized void drop(int block) {
        byte[] dropped = blocks.remove(block);
        if (dropped != null && !lengthKnown && !detached) {
            budget.give(dropped.length);
            taken -= dropped.length;
        }
    }

    @Override
    public synchronized void lengthKnown(long length) throws IOException {
        budget.take(length - taken);
        taken = length;
        lengthKnown = true;
    }

    @Override
    public void read(int block, int offset, ByteBuffer target) throws IOException {
        target.put(bytes(block), offset, target.remaining());
    }

    @Override
    public long transferTo(int block, int offset, int count, WritableByteChannel target)
            throws IOException {
        return target.write(ByteBuffer.wrap(bytes(block), offset, count));
    }

    private byte[] bytes(int block) throws IOException {
        byte[] bytes = blocks.get(block);
        if (bytes == null) {
            throw new IOException("block " + block + " was dropped or its version deleted");
        }
        return bytes;
    }

    @Override
    public synchronized void detach(String reason) {
        detached = true;
    }

    @Override
    public synchronized void rest(long lastUsedMillis) {
        if (detached) {
            blocks.clear();
            budget.give(taken);
            taken = 0;
        }
    }
}
