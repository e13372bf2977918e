// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Geometry;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Who reads what: hands out stretches of missing blocks, front to back. Thread-safe.
///
/// A block is open (nobody has it), taken, or done. Stretches end at multiples of the stretch size,
/// so that several connections read whole pieces.
final class ReadPlan {
    /// Blocks `from .. end-1`.
    record Stretch(int from, int end) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final BitSet open;
    private final int stretchBlocks;
    private int taken;
    private boolean rangesProven;
    private boolean ended;

    /// @param missing blocks to be read
    ReadPlan(Geometry geometry, BitSet missing, long stretchBytes) {
        this.open = (BitSet) missing.clone();
        long pieces = Math.max(1, stretchBytes / geometry.pieceSize());
        this.stretchBlocks = (int) Math.min(1 << 20, pieces * geometry.blocksPerPiece());
    }

    /// The next stretch; waits while there is none but another worker might give one back.
    ///
    /// @param preferred block that the worker's connection comes to next, or -1
    /// @param patient whether to wait for `preferred` as long as nobody has proven that this origin
    ///   answers ranges: who has the whole content in hand does not let go of it before
    /// @return null where all is done, or the reading ended
    @Nullable Stretch next(int preferred, boolean patient) {
        lock.lock();
        try {
            while (!ended && taken > 0 && mustWait(preferred, patient)) {
                changed.awaitUninterruptibly();
            }
            if (ended || open.isEmpty()) {
                return null;
            }
            int from = preferred >= 0 && open.get(preferred) ? preferred : open.nextSetBit(0);
            int boundary = (from / stretchBlocks + 1) * stretchBlocks;
            int end = Math.min(open.nextClearBit(from), boundary);
            open.clear(from, end);
            taken += end - from;
            return new Stretch(from, end);
        } finally {
            lock.unlock();
        }
    }

    private boolean mustWait(int preferred, boolean patient) {
        return open.isEmpty()
                || (patient && !rangesProven && preferred >= 0 && !open.get(preferred));
    }

    /// The origin has answered a range as it should.
    void rangesProven() {
        lock.lock();
        try {
            rangesProven = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The first block from `block` on that is not open.
    int endOfRun(int block) {
        lock.lock();
        try {
            return open.nextClearBit(block);
        } finally {
            lock.unlock();
        }
    }

    /// A block of a stretch was delivered.
    void done() {
        lock.lock();
        try {
            if (--taken == 0) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The blocks of a stretch that are not done, for others to read.
    void giveBack(int from, int end) {
        lock.lock();
        try {
            open.set(from, end);
            taken -= end - from;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Gives nothing out any more and wakes who waits.
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Number of blocks that were not read yet.
    int unreadBlocks() {
        lock.lock();
        try {
            return open.cardinality() + taken;
        } finally {
            lock.unlock();
        }
    }

    boolean complete() {
        lock.lock();
        try {
            return open.isEmpty() && taken == 0;
        } finally {
            lock.unlock();
        }
    }
}
