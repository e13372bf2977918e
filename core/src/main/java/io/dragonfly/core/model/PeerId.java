// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// Names one peer process (a dfdaemon, or the seed of a supernode). Unique per start of a process.
public record PeerId(String value) implements Comparable<PeerId> {
    /// The supernode's own seed, as a parent in offers.
    public static final PeerId SEED = new PeerId("seed");

    public PeerId {
        Check.argument(!value.isEmpty() && value.length() <= 128, "peer id must have 1..128 chars");
    }

    public boolean isSeed() {
        return equals(SEED);
    }

    @Override
    public int compareTo(PeerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
