// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

/// What is done with versions at the seed. Called on the [SwarmLoop]'s thread; must not block.
interface SwarmSeed {
    /// Peers may be sent to the seed for this version from now on.
    void opened(SeedVersion version);

    /// Nobody will be sent there for it any more.
    void retired(SeedVersion version);

    /// Somebody got other bytes than he should from there: hash these blocks again.
    void recheck(SeedVersion version, int firstBlock, int endBlock);
}
