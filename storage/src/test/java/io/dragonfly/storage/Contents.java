// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Encoding;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/// Versions and bytes for tests.
final class Contents {
    static final int BLOCK = 1024;
    static final int PIECE = 4096;

    private Contents() {}

    static VersionId id(int number) {
        return new VersionId(String.format("%032x", number));
    }

    static Version version(int number, long length) {
        return new Version(
                id(number),
                new TaskId("ab".repeat(32)),
                new Geometry(length, PIECE, BLOCK, 2),
                Encoding.IDENTITY,
                new Validators("\"etag\"", "Thu, 01 Jan 2026 00:00:00 GMT"),
                "text/plain");
    }

    /// Bytes that tell seed and block, `generation` other than 0 gives other bytes.
    static byte[] bytes(int block, int length, int generation) {
        byte[] bytes = new byte[length];
        new Random(31L * block + 7919L * generation + 1).nextBytes(bytes);
        return bytes;
    }

    static byte[] bytes(StoredVersion version, int block) {
        return bytes(block, version.version().geometry().blockLength(block), 0);
    }

    static void write(StoredVersion version, int block) throws IOException {
        write(version, block, bytes(version, block));
    }

    static void write(StoredVersion version, int block, byte[] bytes) throws IOException {
        version.write(block, Sha256.of(bytes), ByteBuffer.wrap(bytes));
    }

    static void writeAll(StoredVersion version) throws IOException {
        for (int block = 0; block < version.version().geometry().blocks(); block++) {
            write(version, block);
        }
    }

    static byte[] read(StoredVersion version, int block) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(version.version().geometry().blockLength(block));
        version.read(block, target);
        return target.array();
    }
}
