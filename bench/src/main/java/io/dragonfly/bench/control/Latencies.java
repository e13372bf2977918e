// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.control;

import java.util.Arrays;

/// Times, for their percentiles. Not thread-safe.
final class Latencies {
    private long[] nanos = new long[1024];
    private int size;

    void add(long value) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * size);
        }
        nanos[size++] = value;
    }

    int count() {
        return size;
    }

    /// The smallest time that this share of all does not exceed, in milliseconds; 0 of none.
    ///
    /// @param share 0 to 1
    double millis(double share) {
        if (size == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        int at = (int) Math.ceil(share * size) - 1;
        return sorted[Math.clamp(at, 0, size - 1)] / 1e6;
    }
}
