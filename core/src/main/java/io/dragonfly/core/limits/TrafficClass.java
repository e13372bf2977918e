// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.limits;

/// Kinds of traffic that share one host.
public enum TrafficClass {
    /// Somebody waits for it.
    FOREGROUND(8),
    /// Somebody will want it soon.
    PREHEAT(2),
    /// Nobody waits for it.
    BACKGROUND(1);

    private final int weight;

    TrafficClass(int weight) {
        this.weight = weight;
    }

    /// Its share of the host's rate, relative to the weights of the other classes that have
    /// something to send at the same time.
    public int weight() {
        return weight;
    }
}
