// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.engine;

/// Something that happens at its time.
public interface Due {
    /// @param what its own number for this, as it was given to the [Timeline]
    void due(int what);
}
