// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.net.piece.PieceSource;
import io.dragonfly.storage.StoredVersion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The versions that a piece server gives to others, each under the secrets that open it.
/// Thread-safe.
public final class Shares implements PieceSource {
    /// How long a request waits for digests that are on their way to us.
    private static final long DIGEST_WAIT_NANOS = 2_000_000_000L;

    private final Map<Key, Content> contents = new ConcurrentHashMap<>();

    private record Key(VersionId version, Secret secret) {}

    /// Digests of the blocks of a piece, as far as somebody knows them; waits at most `nanos`.
    public interface Digests {
        Optional<List<Sha256>> pieceBlocks(int piece, long nanos);
    }

    public void add(StoredVersion stored, Secret secret, Digests digests) {
        contents.put(new Key(stored.version().id(), secret), new Shared(stored, digests));
    }

    public void remove(VersionId version, Secret secret) {
        contents.remove(new Key(version, secret));
    }

    @Override
    public Optional<Content> find(VersionId id, Secret secret) {
        return Optional.ofNullable(contents.get(new Key(id, secret)));
    }

    private record Shared(StoredVersion stored, Digests digests) implements Content {
        @Override
        public Geometry geometry() {
            return stored.version().geometry();
        }

        @Override
        public Optional<List<Sha256>> pieceBlocks(int piece) {
            Optional<List<Sha256>> here = stored.pieceBlocks(piece);
            return here.isPresent() ? here : digests.pieceBlocks(piece, DIGEST_WAIT_NANOS);
        }

        @Override
        public Await await(int block, long timeoutNanos) {
            return switch (stored.awaitBlock(block, timeoutNanos)) {
                case HERE -> Await.HERE;
                case TIMEOUT -> Await.TIMEOUT;
                case ENDED -> Await.ENDED;
            };
        }

        @Override
        public int blockLength(int block) {
            Geometry geometry = geometry();
            return geometry.lengthKnown() && block >= geometry.blocks()
                    ? -1
                    : geometry.blockLength(block);
        }

        @Override
        public boolean intact() {
            return stored.intact();
        }

        @Override
        public long transferTo(int block, int offset, int count, WritableByteChannel target)
                throws IOException {
            return stored.transferTo(block, offset, count, target);
        }

        @Override
        public void read(int block, int offset, ByteBuffer target) throws IOException {
            stored.read(block, offset, target);
        }

        @Override
        public boolean retain() {
            boolean here = stored.retain();
            if (here) {
                stored.touch();
            }
            return here;
        }

        @Override
        public void release() {
            stored.release();
        }
    }
}
