// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.network;

/// Who sends the blocks of a [Flow].
public interface FlowSource {
    /// Whether it can send this block now. Where it says no, it calls [Flow#available] later.
    boolean has(int block);
}
