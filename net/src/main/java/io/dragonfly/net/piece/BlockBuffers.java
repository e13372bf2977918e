// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Geometry;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/// Direct buffers of one block each, together at most a fixed number of bytes; whoever finds none
/// waits. Blocks of usual versions all have one size; larger ones take a buffer of the next power
/// of two, for which kept buffers of other sizes make room. Thread-safe.
final class BlockBuffers {
    private static final int SMALLEST = Geometry.BLOCK_SIZE;

    private final int units;
    private final Semaphore free;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<ByteBuffer> kept = new ArrayDeque<>();

    /// Units of the buffers that are kept or lent.
    private int allocated;

    BlockBuffers(long bytes) {
        this.units = Math.toIntExact(Math.min(bytes / SMALLEST, Integer.MAX_VALUE));
        this.free = new Semaphore(units, true);
    }

    /// Waits for a buffer.
    ///
    /// @param length 1 up to the largest block
    /// @return an empty buffer whose limit is `length`, to be given back
    ByteBuffer take(int length) {
        int capacity = Math.max(SMALLEST, Integer.highestOneBit(length - 1) << 1);
        int size = capacity / SMALLEST;
        Check.argument(size <= units, "no buffers for blocks of %d bytes", length);
        free.acquireUninterruptibly(size);
        lock.lock();
        try {
            ByteBuffer buffer = pick(capacity);
            if (buffer == null) {
                while (allocated + size > units) {
                    allocated -= kept.removeFirst().capacity() / SMALLEST;
                }
                buffer = ByteBuffer.allocateDirect(capacity);
                allocated += size;
            }
            return buffer.clear().limit(length);
        } catch (OutOfMemoryError e) {
            free.release(size);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    void give(ByteBuffer buffer) {
        lock.lock();
        try {
            kept.addLast(buffer);
        } finally {
            lock.unlock();
        }
        free.release(buffer.capacity() / SMALLEST);
    }

    /// The kept buffer of this capacity that was used last: the one most likely in the CPU's cache.
    private @Nullable ByteBuffer pick(int capacity) {
        var newestFirst = kept.descendingIterator();
        while (newestFirst.hasNext()) {
            ByteBuffer buffer = newestFirst.next();
            if (buffer.capacity() == capacity) {
                newestFirst.remove();
                return buffer;
            }
        }
        return null;
    }
}
