// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.storage.DiskStore;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;

/// Keeps a host's disk in order while the engine runs: makes room, removes what is left of broken
/// downloads, its own and those of processes that died beside it. Confined to one thread.
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    /// The disk is looked at so often, besides before each new version.
    private static final long ROOM_MILLIS = 15_000;

    private static final long LEFTOVERS_MILLIS = 60_000;

    private final DiskStore store;
    private final Path home;
    private final DiskUse disk;
    private long roomMillis;
    private long leftoversMillis;

    Upkeep(DiskStore store, Path home, DiskUse disk) {
        this.store = store;
        this.home = home;
        this.disk = disk;
    }

    void tick(long nowMillis) {
        try {
            if (nowMillis - leftoversMillis > LEFTOVERS_MILLIS) {
                leftoversMillis = nowMillis;
                store.removeLeftovers();
                OnceHomes.clearOld(home, nowMillis - disk.leftoversFor().toMillis());
            }
            if (nowMillis - roomMillis > ROOM_MILLIS) {
                roomMillis = nowMillis;
                store.evict(0);
            }
        } catch (IOException e) {
            LOG.warn("cannot make room: {}", e.getMessage());
        }
    }

    /// Whether a version that was used last at that time is not offered to others any more.
    boolean unused(long lastUsedMillis, long nowMillis) {
        return nowMillis - lastUsedMillis > disk.unusedFor().toMillis();
    }
}
