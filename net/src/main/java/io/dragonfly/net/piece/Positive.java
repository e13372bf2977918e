// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Check;

import java.time.Duration;

/// A check that the settings share.
final class Positive {
    private Positive() {}

    static void require(Duration duration, String what) {
        Check.argument(duration.isPositive(), "%s must be > 0: %s", what, duration);
    }
}
