// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.network;

/// Who gets the blocks of a [Flow].
public interface FlowSink {
    /// The last byte of the block is here.
    void arrived(Flow flow, int block);

    /// All that the flow was to bring is here; [#arrived] was called for the last block before.
    void completed(Flow flow);
}
