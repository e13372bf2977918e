// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/// Keeps the version that a download follows from being evicted, until its run is over and nobody
/// is interested any more. The version changes on the run's thread only.
final class Holding {
    private final AtomicInteger holders = new AtomicInteger(2);
    private volatile @Nullable StoredVersion held;

    @Nullable StoredVersion held() {
        return held;
    }

    /// Another version from now on.
    void hold(StoredVersion stored) throws IOException {
        if (!stored.retain()) {
            throw new IOException("the version was just deleted: try again");
        }
        StoredVersion old = held;
        held = stored;
        if (old != null) {
            old.release();
        }
    }

    /// One of the two, the run or those who are interested, is done with it.
    void letGo() {
        StoredVersion last = held;
        if (holders.decrementAndGet() == 0 && last != null) {
            last.release();
        }
    }
}
