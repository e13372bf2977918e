// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.storage.StoredVersion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Verified bytes of a download, as far as they are here. Thread-safe.
sealed interface Content {
    Geometry geometry();

    /// Whether the block is here and agrees with what the supernode says.
    boolean verified(int block);

    /// The digest of a verified block.
    Sha256 digest(int block);

    /// Reads a verified block whole.
    void read(int block, ByteBuffer target) throws IOException;

    Optional<Path> file();

    /// Whether all of it is here.
    default boolean complete() {
        Geometry geometry = geometry();
        return geometry.lengthKnown()
                && IntStream.range(0, geometry.blocks()).allMatch(this::verified);
    }

    /// A content that came with the supernode's reply. Never compared.
    @SuppressWarnings("ArrayRecordComponent")
    record Inline(byte[] bytes) implements Content {
        @Override
        public Geometry geometry() {
            return Geometry.of(bytes.length);
        }

        @Override
        public boolean verified(int block) {
            return true;
        }

        @Override
        public Sha256 digest(int block) {
            ByteBuffer data = ByteBuffer.allocate(geometry().blockLength(block));
            read(block, data);
            return Sha256.of(data.flip());
        }

        @Override
        public void read(int block, ByteBuffer target) {
            Geometry geometry = geometry();
            int offset = Math.toIntExact(geometry.blockOffset(block));
            target.put(bytes, offset, geometry.blockLength(block));
        }

        @Override
        public Optional<Path> file() {
            return Optional.empty();
        }
    }

    /// A content in the store.
    record Stored(StoredVersion stored, Supplier<Geometry> currentGeometry, IntPredicate isVerified)
            implements Content {
        @Override
        public Geometry geometry() {
            return currentGeometry.get();
        }

        @Override
        public boolean verified(int block) {
            return isVerified.test(block);
        }

        @Override
        public Sha256 digest(int block) {
            return stored.digest(block).orElseThrow();
        }

        @Override
        public void read(int block, ByteBuffer target) throws IOException {
            stored.read(block, target);
        }

        @Override
        public Optional<Path> file() {
            return stored.contentFile();
        }
    }
}
