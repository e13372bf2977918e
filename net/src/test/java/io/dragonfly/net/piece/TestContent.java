// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A version in memory that the test fills block by block.
class TestContent implements PieceSource.Content {
    private final byte[] data;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final BitSet here = new BitSet();
    private final AtomicInteger retained = new AtomicInteger();
    private Geometry geometry;
    private boolean ended;
    private volatile boolean gone;
    private volatile boolean intact = true;

    /// @param geometry its length may be unknown: then `data` is what comes in the end
    TestContent(Geometry geometry, byte[] data) {
        this.geometry = geometry;
        this.data = data.clone();
    }

    TestContent putAll() {
        for (int block = 0; (long) block * geometry.blockSize() < data.length; block++) {
            put(block);
        }
        return this;
    }

    void put(int block) {
        change(() -> here.set(block));
    }

    void lengthKnown() {
        change(() -> geometry = geometry.withLength(data.length));
    }

    void end() {
        change(() -> ended = true);
    }

    void damage() {
        intact = false;
    }

    /// Its bytes were deleted; nobody may begin to read any more.
    void delete() {
        gone = true;
    }

    int retained() {
        return retained.get();
    }

    byte[] block(int block) {
        int from = block * geometry.blockSize();
        return Arrays.copyOfRange(data, from, Math.min(data.length, from + geometry.blockSize()));
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Geometry geometry() {
        return geometry;
    }

    @Override
    public Optional<List<Sha256>> pieceBlocks(int piece) {
        List<Sha256> digests = new ArrayList<>();
        int end = geometry.endBlockOfPiece(piece);
        for (int block = geometry.firstBlockOfPiece(piece); block < end; block++) {
            if (!here.get(block)) {
                return Optional.empty();
            }
            digests.add(Sha256.of(block(block)));
        }
        return Optional.of(digests);
    }

    @Override
    public PieceSource.Await await(int block, long timeoutNanos) {
        lock.lock();
        try {
            long left = timeoutNanos;
            while (true) {
                if (here.get(block)) {
                    return PieceSource.Await.HERE;
                }
                if (ended || behindEnd(block)) {
                    return PieceSource.Await.ENDED;
                }
                if (left <= 0) {
                    return PieceSource.Await.TIMEOUT;
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
    }

    private boolean behindEnd(int block) {
        return geometry.lengthKnown() && block >= geometry.blocks();
    }

    @Override
    public int blockLength(int block) {
        return behindEnd(block) ? -1 : block(block).length;
    }

    @Override
    public boolean intact() {
        return intact;
    }

    @Override
    public long transferTo(int block, int offset, int count, WritableByteChannel target)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(data, block * geometry.blockSize() + offset, count);
        return target.write(bytes);
    }

    @Override
    public boolean retain() {
        if (!gone) {
            retained.incrementAndGet();
        }
        return !gone;
    }

    @Override
    public void release() {
        retained.decrementAndGet();
    }
}
