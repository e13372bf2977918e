// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import java.util.ArrayDeque;
import java.util.Deque;

/// How many peers may go to an origin themselves because the seed cannot reach it: few at a time,
/// for everybody at once would be the stampede that the seed is there to prevent. Pure; not
/// thread-safe.
final class OriginRation {
    private final int grants;
    private final long windowMillis;
    private final Deque<Long> granted = new ArrayDeque<>();

    /// @param grants at most so many in a window
    OriginRation(int grants, long windowMillis) {
        this.grants = grants;
        this.windowMillis = windowMillis;
    }

    /// Asks for a turn.
    ///
    /// @return 0 where it is granted, else milliseconds after which to ask again
    long ask(long nowMillis) {
        while (!granted.isEmpty() && nowMillis - granted.peekFirst() >= windowMillis) {
            granted.removeFirst();
        }
        if (granted.size() < grants) {
            granted.addLast(nowMillis);
            return 0;
        }
        return Math.max(1, granted.getFirst() + windowMillis - nowMillis);
    }
}
