// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.peer.DownloadStatus.Failure;
import io.dragonfly.peer.DownloadStatus.Phase;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The verified bytes of a download, in order from some byte on, while it runs. Used by one thread.
///
/// When another supernode takes over, the content may become another version's. What was handed out
/// already must then be the same there, block by block, before anything more is handed out:
/// otherwise the reader would get a mixture, and is failed with `origin-changed` instead.
final class DownloadInput extends BlockInput {
    private static final long WAIT_NANOS = 1_000_000_000L;

    private final TaskDownload download;
    private final long offset;
    private final long stallNanos;
    private final LongSupplier nanoTime;

    /// The block that has the first byte; -1 while the size of blocks is not known.
    private int firstBlock = -1;

    /// How many bytes of the download were verified when this reader last saw some come, and when.
    private long seenVerified = -1;

    private long seenNanos;

    /// Digests of the blocks that were handed out.
    private final List<Sha256> handedOut = new ArrayList<>();

    /// The content whose first blocks are known to be those that were handed out.
    private @Nullable Content agreed;

    /// The content that is being compared with what was handed out, and how far that is.
    private @Nullable Content comparing;

    private int compared;

    private boolean closed;

    /// @param offset of the first byte to hand out
    /// @param stallNanos fails when nothing of the download comes for so long while this reader
    ///   waits
    DownloadInput(TaskDownload download, long offset, long stallNanos, LongSupplier nanoTime) {
        this.download = download;
        this.offset = offset;
        this.stallNanos = stallNanos;
        this.nanoTime = nanoTime;
    }

    @Override
    public void close() {
        closed = true;
        leave();
    }

    private void leave() {
        if (comparing != null) {
            comparing.left(this);
        }
    }

    /// Loads the block after the last one that was handed out; false at the end of the content.
    @Override
    boolean nextBlock() throws IOException {
        seenVerified = -1;
        while (true) {
            if (closed) {
                throw new IOException("closed");
            }
            DownloadStatus status = download.status();
            if (status.phase() == Phase.FAILED && status.failure() != null) {
                throw new DownloadException(status.failure());
            }
            Content content = download.content();
            if (content != null) {
                int block = next(content.geometry());
                if (ready(content, block, status)) {
                    if (content.geometry().lengthKnown() && block >= content.geometry().blocks()) {
                        return false;
                    }
                    handOut(content, block);
                    return true;
                }
            }
            checkProgress(status);
            download.awaitChange(status.sequence(), Math.min(WAIT_NANOS, stallNanos));
        }
    }

    /// The block to hand out next.
    private int next(Geometry geometry) {
        if (firstBlock < 0) {
            firstBlock = Math.toIntExact(offset / geometry.blockSize());
        }
        return firstBlock + handedOut.size();
    }

    private void checkProgress(DownloadStatus status) throws IOException {
        long now = nanoTime.getAsLong();
        if (status.verified() != seenVerified) {
            seenVerified = status.verified();
            seenNanos = now;
        } else if (now - seenNanos >= stallNanos) {
            throw new DownloadException(
                    new Failure(
                            "stalled",
                            "no byte came for "
                                    + TimeUnit.NANOSECONDS.toSeconds(stallNanos)
                                    + " s"));
        }
    }

    /// Whether `block` (or the end of the content) may be handed out now.
    private boolean ready(Content content, int block, DownloadStatus status) throws IOException {
        boolean known = content.geometry().lengthKnown();
        int blocks = known ? content.geometry().blocks() : Integer.MAX_VALUE;
        if (!agrees(content, Math.min(block, blocks))) {
            return false;
        }
        if (block > blocks) {
            throw changed();
        }
        // The last block and the end wait until a digest that the user gave was checked.
        boolean last = block >= blocks - 1;
        if (last && status.phase() != Phase.DONE) {
            return false;
        }
        return block >= blocks || content.verified(block);
    }

    @SuppressWarnings("ReferenceEquality") // each content that is followed is an object of its own
    private boolean agrees(Content content, int block) throws IOException {
        if (content == agreed) {
            return true;
        }
        if (content != comparing) {
            leave();
            comparing = content;
            compared = firstBlock;
            content.passed(this, firstBlock);
        }
        for (; compared < block; compared++) {
            if (!content.verified(compared)) {
                return false;
            }
            if (!content.digest(compared).equals(handedOut.get(compared - firstBlock))) {
                throw changed();
            }
            content.passed(this, compared + 1);
        }
        agreed = content;
        return true;
    }

    private static DownloadException changed() {
        return new DownloadException(
                new Failure(
                        "origin-changed",
                        "the content changed at the origin while it was being read: start again"));
    }

    private void handOut(Content content, int block) throws IOException {
        long before = handedOut.isEmpty() ? offset - content.geometry().blockOffset(block) : 0;
        load(content, block, Math.toIntExact(before));
        handedOut.add(content.digest(block));
        content.passed(this, block + 1);
    }
}
