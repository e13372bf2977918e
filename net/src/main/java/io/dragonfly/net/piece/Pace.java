// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import java.util.concurrent.TimeUnit;

/// Asks a [Throttle] for portions of a fitting size: large where it lets them pass at once, so that
/// a block costs few calls; small where it is tight, so that no portion is a burst above the limit,
/// and no single wait gets long: nobody can be cancelled, or give a sign of life, inside one. Used
/// by one thread.
final class Pace {
    private static final int MIN_PORTION = 4 << 10;
    private static final int FIRST_PORTION = 16 << 10;
    private static final int MAX_PORTION = 256 << 10;

    /// A portion that takes so long is 3 % of what may pass in two seconds.
    private static final long LONG_WAIT = TimeUnit.MILLISECONDS.toNanos(60);

    private static final long SHORT_WAIT = TimeUnit.MILLISECONDS.toNanos(25);

    private final Throttle throttle;
    private int portion = FIRST_PORTION;
    private int allowed;

    Pace(Throttle throttle) {
        this.throttle = throttle;
    }

    /// Waits until bytes may pass.
    ///
    /// @param most how many the caller has a use for, at least 1
    /// @return how many may pass now: 1 up to `most`
    int allow(int most) {
        if (allowed == 0) {
            int asked = Math.min(portion, most);
            long waited = throttle.acquire(asked);
            allowed = asked;
            if (waited > LONG_WAIT) {
                portion = Math.max(MIN_PORTION, portion / 2);
            } else if (waited < SHORT_WAIT) {
                portion = Math.min(MAX_PORTION, portion * 2);
            }
        }
        return Math.min(allowed, most);
    }

    /// So many of the allowed bytes did pass.
    void passed(int bytes) {
        allowed -= bytes;
    }
}
