// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.storage.StoredVersion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.locks.ReentrantLock;

/// Computes the digest of a whole content while it is read. Blocks that come in order are taken in
/// as they come, the rest from the store in the end. Thread-safe.
final class WholeCheck {
    private final Digest wanted;
    private final MessageDigest running;
    private final ReentrantLock lock = new ReentrantLock();
    private int next;

    WholeCheck(Digest wanted) {
        this.wanted = wanted;
        try {
            running = MessageDigest.getInstance(wanted.algorithm().jcaName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + wanted.algorithm(), e);
        }
    }

    /// Whether a digest of this kind proves what a content is.
    static boolean proves(Digest digest) {
        return switch (digest.algorithm()) {
            case SHA256, SHA512 -> true;
            case MD5, SHA1 -> false;
        };
    }

    Digest wanted() {
        return wanted;
    }

    /// A block was read. Several threads do not wait for each other here: who comes out of order is
    /// taken from the store later.
    void block(int block, ByteBuffer bytes) {
        if (lock.tryLock()) {
            try {
                if (block == next) {
                    running.update(bytes.duplicate());
                    next++;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// Whether the complete content has the digest. To be asked once.
    boolean matches(StoredVersion stored) throws IOException {
        lock.lock();
        try {
            Geometry geometry = stored.version().geometry();
            ByteBuffer data = ByteBuffer.allocate(geometry.blockSize());
            for (; next < geometry.blocks(); next++) {
                data.clear().limit(geometry.blockLength(next));
                stored.read(next, data);
                running.update(data.flip());
            }
            return HexFormat.of().formatHex(running.digest()).equals(wanted.hex());
        } finally {
            lock.unlock();
        }
    }
}
