// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The bytes of a bounded number of blocks, from the first one that somebody still needs. It moves
/// with the slowest reader. Thread-safe.
final class Window {
    /// How long a window that is full waits for its first reader.
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final int blocks;

    /// Whether the whole content fits, so that also those who read it later find it.
    private final boolean keepsAll;

    private final ConcurrentHashMap<Integer, byte[]> bytes = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();

    // All guarded by lock; `first` may be read without it.
    private final IdentityHashMap<Object, Integer> readers = new IdentityHashMap<>();
    private int heldFrom = Integer.MAX_VALUE;
    private volatile int first;
    private boolean closed;

    /// @param total blocks of the content, [Integer#MAX_VALUE] where that is not known
    Window(int blocks, int total) {
        this.blocks = blocks;
        this.keepsAll = total <= blocks;
    }

    int blocks() {
        return blocks;
    }

    int first() {
        return first;
    }

    boolean unread() {
        lock.lock();
        try {
            return readers.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void passed(Object reader, int block) {
        lock.lock();
        try {
            if (readers.put(reader, block) == null) {
                moved.signalAll();
            }
            move();
        } finally {
            lock.unlock();
        }
    }

    void left(Object reader) {
        lock.lock();
        try {
            readers.remove(reader);
            move();
        } finally {
            lock.unlock();
        }
    }

    void holdFrom(int block) {
        lock.lock();
        try {
            heldFrom = block;
            move();
        } finally {
            lock.unlock();
        }
    }

    private void move() {
        int lowest = heldFrom;
        for (int position : readers.values()) {
            lowest = Math.min(lowest, position);
        }
        if (readers.isEmpty() || lowest <= first) {
            return;
        }
        for (int block = first; block < lowest && !keepsAll; block++) {
            bytes.remove(block);
        }
        first = lowest;
        moved.signalAll();
    }

    /// Keeps a block; waits until the window is there.
    void put(int block, byte[] data) throws IOException {
        lock.lock();
        try {
            long patience = PATIENCE_NANOS;
            while (!closed && block - first >= blocks) {
                if (!readers.isEmpty()) {
                    moved.awaitUninterruptibly();
                } else if (patience > 0) {
                    patience = moved.awaitNanos(patience);
                } else {
                    throw new NoSpaceException(
                            "the disk is full, and nobody reads what is handed on");
                }
            }
            if (closed) {
                throw new IOException("the version is not streamed any more");
            }
            bytes.put(block, data);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts who stores", e);
        } finally {
            lock.unlock();
        }
    }

    byte[] get(int block) throws IOException {
        byte[] here = bytes.get(block);
        if (here == null) {
            throw new IOException(
                    "block "
                            + block
                            + " has passed: the disk is full, and the content is only handed on;"
                            + " try again");
        }
        return here;
    }

    void drop(int block) {
        bytes.remove(block);
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            bytes.clear();
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
