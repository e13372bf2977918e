// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

/// Holds a thread back until so many bytes may pass. Thread-safe.
public interface Throttle {
    /// Nothing is held back.
    Throttle NONE = bytes -> 0;

    /// Blocks until `bytes` may pass.
    ///
    /// @return nanoseconds waited, so that a watchdog does not blame the other side for them
    long acquire(int bytes);

    /// Both: one after the other.
    static Throttle both(Throttle first, Throttle second) {
        return bytes -> first.acquire(bytes) + second.acquire(bytes);
    }
}
