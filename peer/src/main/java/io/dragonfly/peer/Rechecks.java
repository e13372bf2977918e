// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.storage.StoredVersion;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/// Reads blocks of a version again that somebody got wrong from here, hashes them and drops those
/// that are bad. Thread-safe.
public final class Rechecks {
    private static final Logger LOG = LoggerFactory.getLogger(Rechecks.class);

    /// Requests of one version that may wait: more are not answered.
    private static final int MAX_WAITING = 32;

    /// Hears what was bad. Called under no lock of this class.
    public interface Outcome {
        /// @param bad blocks that were dropped, within `firstBlock` and `endBlock`, and what their
        ///   bytes should have been
        void rechecked(int firstBlock, int endBlock, Map<Integer, Sha256> bad);

        /// The version cannot be read or written any more.
        void gone(IOException why);
    }

    private final StoredVersion stored;
    private final Executor hashing;
    private final Outcome outcome;
    private final AtomicInteger waiting = new AtomicInteger();

    /// @param hashing platform threads, few
    public Rechecks(StoredVersion stored, Executor hashing, Outcome outcome) {
        this.stored = stored;
        this.hashing = hashing;
        this.outcome = outcome;
    }

    /// Returns at once.
    public void add(int firstBlock, int endBlock) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return;
        }
        hashing.execute(() -> {
            try {
                outcome.rechecked(firstBlock, endBlock, bad(firstBlock, endBlock));
            } catch (IOException e) {
                outcome.gone(e);
            } catch (RuntimeException e) {
                LOG.error("bug while hashing again version={}", stored.version().id(), e);
            } finally {
                waiting.decrementAndGet();
            }
        });
    }

    private Map<Integer, Sha256> bad(int firstBlock, int endBlock) throws IOException {
        if (!stored.retain()) {
            throw new IOException("the version was deleted");
        }
        try {
            Map<Integer, Sha256> bad = new LinkedHashMap<>();
            BitSet here = stored.blocks();
            int block = here.nextSetBit(firstBlock);
            while (block >= 0 && block < endBlock) {
                // Where there is no digest somebody else just took the block back.
                Optional<Sha256> digest = stored.digest(block);
                if (digest.isPresent() && !readsAs(block, digest.get())) {
                    bad.put(block, digest.get());
                    drop(block);
                }
                block = here.nextSetBit(block + 1);
            }
            return bad;
        } finally {
            stored.release();
        }
    }

    private void drop(int block) throws IOException {
        LOG.warn("bytes went bad on the disk version={} block={}", stored.version().id(), block);
        stored.drop(block);
        Optional<String> ended = stored.ended();
        if (ended.isPresent()) {
            throw new IOException(ended.get());
        }
    }

    /// Whether the block's bytes are what they were; where the file ends too early they are not.
    ///
    /// @throws IOException where nothing can be said because nothing can be read
    private boolean readsAs(int block, Sha256 digest) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(stored.version().geometry().blockLength(block));
        try {
            stored.read(block, bytes);
        } catch (EOFException e) {
            return !stored.has(block);
        }
        return Sha256.of(bytes.flip()).equals(digest);
    }
}
