// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

/// Whether those who were told how many they are must be told again. Not thread-safe.
final class Crowd {
    private int told;

    /// Takes note of a number that is told to all if it differs enough from the last one: by a
    /// quarter up, so that each peer hears of a growing swarm a few dozen times at most, or by half
    /// down.
    boolean tellAll(int now) {
        boolean differs = now > told + told / 4 || now < told / 2;
        if (differs) {
            told = now;
        }
        return differs;
    }
}
