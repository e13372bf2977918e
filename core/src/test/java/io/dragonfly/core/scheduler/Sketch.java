// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.VersionId;

/// Small versions for tests: ranges of four blocks of 1 KiB, two ranges in a piece.
final class Sketch {
    private static final int BLOCK = 1024;

    private Sketch() {}

    static VersionId version(int number) {
        return new VersionId("%032x".formatted(number));
    }

    /// Geometry of so many full ranges; -1 for an unknown length.
    static Geometry geometry(int ranges) {
        return new Geometry(ranges < 0 ? -1 : ranges * 4L * BLOCK, 8 * BLOCK, BLOCK, 4);
    }
}
