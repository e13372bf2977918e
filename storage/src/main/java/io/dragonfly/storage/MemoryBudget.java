// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.util.concurrent.atomic.AtomicLong;

/// Counts the bytes of a [MemoryStore]. Thread-safe.
final class MemoryBudget {
    private final long maxBytes;
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    long free() {
        return maxBytes - used.get();
    }

    void take(long bytes) throws NoSpaceException {
        if (used.addAndGet(bytes) > maxBytes) {
            used.addAndGet(-bytes);
            throw new NoSpaceException(
                    String.format(
                            "the memory store has no room for %d bytes, its limit is %d",
                            bytes, maxBytes));
        }
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }
}
