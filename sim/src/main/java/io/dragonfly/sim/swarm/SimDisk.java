// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.sim.network.Line;
import io.dragonfly.sim.scenario.HostClass;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;

/// A host's disk for one content: may be slow or small, and after a power failure is without what
/// was written since the last sync.
final class SimDisk {
    /// Written bytes that need not be synced yet.
    private static final long DIRTY_BYTES = 32L << 20;

    private final World world;
    private final HostClass.Traits traits;
    private final @Nullable Line line;
    private final BitSet unsynced = new BitSet();
    private long written;
    private long dirty;

    SimDisk(World world, HostClass.Traits traits) {
        this.world = world;
        this.traits = traits;
        this.line = traits.diskMbit() > 0 ? new Line(traits.diskMbit()) : null;
    }

    /// When the bytes are written; -1 where there is no room.
    long writtenAt(int bytes) {
        long room = traits.diskBytes();
        if (room > 0 && written + bytes > room) {
            return -1;
        }
        written += bytes;
        dirty += bytes;
        long now = world.timeline().now();
        return line == null ? now : line.pass(now, bytes);
    }

    void stored(int block) {
        if (dirty >= DIRTY_BYTES) {
            dirty = 0;
            unsynced.clear();
        } else {
            unsynced.set(block);
        }
    }

    void crash(BitSet stored) {
        stored.andNot(unsynced);
        unsynced.clear();
        dirty = 0;
    }

    void forget() {
        unsynced.clear();
        written = 0;
        dirty = 0;
    }
}
