// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Encoding;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.origin.Freshness;
import io.dragonfly.storage.MemoryStore;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;

/// Pieces of two blocks.
final class SwarmTest {
    private static final int BLOCK = 1024;
    private static final PeerId PEER = new PeerId("p");

    private static Swarm swarm(long length) throws IOException {
        Version version =
                new Version(
                        new VersionId("0".repeat(32)),
                        new TaskId("0".repeat(64)),
                        new Geometry(length, 2 * BLOCK, BLOCK, 1),
                        Encoding.IDENTITY,
                        Validators.NONE,
                        "");
        MemoryStore store = new MemoryStore(1 << 20, 10, InstantSource.system());
        return new Swarm(
                new SeedVersion(
                        store.create(version),
                        new Secret("0".repeat(32)),
                        "",
                        Freshness.ASK_AGAIN,
                        0));
    }

    private static Sha256 digest(int block) {
        return Sha256.of(new byte[] {(byte) block});
    }

    @Test
    void aPieceHasADigestOnceAllItsBlocksAreRead() throws IOException {
        Swarm swarm = swarm(4 * BLOCK);

        assertThat(swarm.blockRead(1, digest(1))).isNull();
        assertThat(swarm.blockRead(0, digest(0)))
                .isEqualTo(Sha256.ofPiece(List.of(digest(0), digest(1))));
        assertThat(swarm.pieceDigest(1)).isNull();
    }

    @Test
    void theLastPieceOfAnUnknownLengthHasItsDigestWhenTheLengthIsKnown() throws IOException {
        Swarm swarm = swarm(Geometry.UNKNOWN);
        swarm.blockRead(0, digest(0));
        swarm.blockRead(1, digest(1));

        assertThat(swarm.blockRead(2, digest(2))).isNull();
        swarm.lengthKnown(2 * BLOCK + 1);
        assertThat(swarm.lastPieceNow()).isEqualTo(Sha256.ofPiece(List.of(digest(2))));
        assertThat(swarm.ranges()).isEqualTo(3);
    }

    @Test
    void digestsAreGivenUpToTheFirstThatIsNotKnown() throws IOException {
        Swarm swarm = swarm(4 * BLOCK);
        swarm.blockRead(0, digest(0));
        swarm.blockRead(2, digest(2));

        assertThat(swarm.blockDigests(0, 4)).containsExactly(digest(0));
        assertThat(swarm.blockDigests(2, 4)).containsExactly(digest(2));
        assertThat(swarm.blocksKnown()).isEqualTo(2);
    }

    @Test
    void whoLeavesWaitsForNothing() throws IOException {
        Swarm swarm = swarm(4 * BLOCK);
        swarm.members.add(PEER);
        swarm.subscribe(0, PEER);
        swarm.claim(0, PEER);

        swarm.gone(PEER);

        assertThat(swarm.members).isEmpty();
        assertThat(swarm.subscribers(0)).isEmpty();
        assertThat(swarm.takeClaimants(0)).isEmpty();
    }

    @Test
    void claimantsAreToldOnce() throws IOException {
        Swarm swarm = swarm(4 * BLOCK);
        swarm.claim(0, PEER);

        assertThat(swarm.takeClaimants(0)).containsExactly(PEER);
        assertThat(swarm.takeClaimants(0)).isEmpty();
    }
}
