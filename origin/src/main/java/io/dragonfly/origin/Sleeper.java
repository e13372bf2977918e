// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import java.time.Duration;

/// How the reader waits between two tries; tests count the waits instead.
public interface Sleeper {
    /// Waits in real time and wakes early when cancelled.
    Sleeper REAL = (time, cancellation) -> cancellation.await(time);

    /// Returns after `time`, or as soon as `cancellation` is cancelled.
    void sleep(Duration time, Cancellation cancellation);
}
