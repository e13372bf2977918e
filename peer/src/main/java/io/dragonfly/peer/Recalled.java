// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.DownloadState;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.RangeBits;
import io.dragonfly.storage.StoredVersion;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What this host has of a version from before: in its own file (an earlier run, another
/// supernode), or in other versions of the task, whose equal blocks are copied. Confined to a
/// session's lock, except [#copy].
final class Recalled {
    private final StoredVersion stored;

    /// Versions that a block may be copied from, by block.
    private final Map<Integer, StoredVersion> donors = new HashMap<>();

    Recalled(StoredVersion stored, List<StoredVersion> others, DownloadState state) {
        this.stored = stored;
        recall(stored, state);
        for (StoredVersion other : others) {
            recall(other, state);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a version is opened once
    private void recall(StoredVersion from, DownloadState state) {
        BitSet blocks = from.blocks();
        for (int b = blocks.nextSetBit(0); b >= 0; b = blocks.nextSetBit(b + 1)) {
            boolean known = from != stored && (stored.has(b) || donors.containsKey(b));
            Sha256 digest = known ? null : from.digest(b).orElse(null);
            if (digest != null) {
                state.recall(b, digest);
                if (from != stored) {
                    donors.put(b, from);
                }
            }
        }
    }

    @Nullable StoredVersion donor(int block) {
        return donors.get(block);
    }

    /// What an earlier download of this session verified is there for the next one.
    void tellVerified(DownloadState state, SessionListener to) {
        stored.blocks().stream()
                .filter(state::verified)
                .map(state.geometry()::blockLength)
                .forEach(bytes -> to.verified(bytes, StatusBoard.Source.STORE, "store"));
    }

    /// Takes a block back that is not what it must be.
    void drop(int block) throws IOException {
        if (donors.remove(block) == null) {
            stored.drop(block);
        }
    }

    /// Copies a block of `donor` into the version. Blocks; under no lock.
    void copy(int block, StoredVersion donor, int length) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(length);
        donor.read(block, data);
        data.flip();
        Sha256 digest = donor.digest(block).orElseThrow(() -> new IOException("it is gone"));
        if (!Sha256.of(data.duplicate()).equals(digest)) {
            throw new IOException("its bytes changed on the disk");
        }
        stored.write(block, digest, data);
    }

    /// Says what is here, for a supernode that is to say what of it is right.
    FromPeer.Announce announcement(Geometry geometry, boolean wants, Secret secret) {
        BitSet here = stored.blocks();
        donors.keySet().forEach(here::set);
        BitSet ranges = new BitSet();
        List<Integer> partial = new ArrayList<>();
        int lastPartial = -1;
        for (int b = here.nextSetBit(0); b >= 0; b = here.nextSetBit(b + 1)) {
            int range = geometry.rangeOfBlock(b);
            int end = geometry.endBlockOfRange(range);
            if (b == geometry.firstBlockOfRange(range) && here.nextClearBit(b) >= end) {
                ranges.set(range);
                b = end - 1;
            } else if (geometry.pieceOfBlock(b) != lastPartial) {
                lastPartial = geometry.pieceOfBlock(b);
                partial.add(lastPartial);
            }
        }
        String version = stored.version().id().hex();
        int next = stored.firstKept() / geometry.rangeBlocks();
        return new FromPeer.Announce(
                version,
                RangeBits.encode(ranges),
                partial,
                wants,
                next,
                secret.hex(),
                stored.window() == 0 ? null : stored.window() / geometry.rangeBlocks());
    }
}
