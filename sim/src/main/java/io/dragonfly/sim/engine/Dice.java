// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.engine;

import java.util.SplittableRandom;

/// All randomness of a run, from one seed. Each purpose has its own, so that one more draw for one
/// thing does not change all others.
public record Dice(long seed) {
    public SplittableRandom of(String purpose) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ mixed(purpose));
    }

    private static long mixed(String purpose) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < purpose.length(); i++) {
            hash = (hash ^ purpose.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
