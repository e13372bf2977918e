// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.sim.network.Flow;
import io.dragonfly.sim.network.FlowSource;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Who serves blocks of one version: a download, the seed, the origin.
interface BlockHolder extends FlowSource {
    /// Takes a flow in, to tell it of blocks that come later.
    ///
    /// @return why not, or null
    @Nullable FailureReason accept(Flow flow);

    /// The flow is over.
    void released(Flow flow);

    /// The digests of all blocks of a piece as this one believes them, or null while it does not
    /// know them.
    @Nullable List<Sha256> pieceBlocks(int piece);

    /// What a block hashes to that comes from here.
    Sha256 sent(int block);

    /// Whether it gives signs of life.
    boolean responds();
}
