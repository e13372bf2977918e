// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.peer.Rechecks;
import io.dragonfly.peer.Shares;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/// The seed's side of the swarms: what its piece server gives, and the repair of what went bad on
/// its disk. The seed is never isolated, so it reads from the origin again what it lost. Confined
/// to the loop's thread, except for what the hashing thread hears.
final class SeedService implements SwarmSeed {
    private static final Logger LOG = LoggerFactory.getLogger(SeedService.class);

    private final Shares shares;
    private final SeedLibrary library;
    private final Executor hashing;
    private final Map<SeedVersion, Rechecks> rechecks = new HashMap<>();

    /// @param hashing one platform thread
    SeedService(Shares shares, SeedLibrary library, Executor hashing) {
        this.shares = shares;
        this.library = library;
        this.hashing = hashing;
    }

    @Override
    public void opened(SeedVersion version) {
        shares.add(version.stored(), version.secret(), (piece, nanos) -> Optional.empty());
    }

    @Override
    public void retired(SeedVersion version) {
        shares.remove(version.version().id(), version.secret());
        rechecks.remove(version);
    }

    @Override
    public void recheck(SeedVersion version, int firstBlock, int endBlock) {
        rechecks.computeIfAbsent(
                        version, v -> new Rechecks(v.stored(), hashing, new Repair(v, library)))
                .add(firstBlock, endBlock);
    }

    private record Repair(SeedVersion version, SeedLibrary library) implements Rechecks.Outcome {
        @Override
        public void rechecked(int firstBlock, int endBlock, Map<Integer, Sha256> bad) {
            if (!bad.isEmpty()) {
                LOG.warn(
                        "reading bad blocks again version={} blocks={}",
                        version.version().id(),
                        bad.keySet());
                library.repair(version, bad);
            }
        }

        @Override
        public void gone(IOException why) {
            LOG.info("version={} is gone: {}", version.version().id(), why.getMessage());
        }
    }
}
