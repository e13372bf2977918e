// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.origin.OriginException.Kind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;

/// One connection's work: stretch after stretch, block after block, going on after failures where
/// that is safe. Used by one thread.
///
/// The *main* worker starts with the first answer, is patient, and can fall back to reading the
/// whole content from its start; its failure is the reading's. The others leave at the first
/// serious trouble and give back what they did not read.
final class ReadWorker {
    /// Gaps up to this are read over rather than asked for anew.
    private static final long SMALL_GAP = 1 << 20;

    private final KnownLengthRead read;
    private final boolean main;
    private final Retries retries;
    private final byte[] buffer;
    private @Nullable ReadStream stream;

    /// The answer that was read to its end last.
    private @Nullable ReadStream ended;

    /// Whether a range was answered as it should be.
    private boolean proven;

    ReadWorker(KnownLengthRead read, boolean main, @Nullable ReadStream stream) {
        this.read = read;
        this.main = main;
        this.stream = stream;
        Reading reading = read.reading();
        this.retries =
                new Retries(
                        reading.pauses(),
                        main ? reading.settings().maxRetries() : 1,
                        reading.cancellation());
        this.buffer = new byte[(int) Math.min(geometry().blockSize(), geometry().length())];
    }

    /// Reads until the plan has nothing more.
    void run() throws IOException {
        try {
            ReadPlan.Stretch stretch = read.plan().next(nextBlock(), main);
            while (stretch != null) {
                readStretch(stretch);
                stretch = read.plan().next(nextBlock(), main);
            }
        } finally {
            closeStream();
        }
    }

    private Geometry geometry() {
        return read.geometry();
    }

    /// The block that the stream comes to without any skipping, or -1.
    private int nextBlock() {
        ReadStream in = stream;
        if (in == null || in.position() >= geometry().length()) {
            return -1;
        }
        int blockSize = geometry().blockSize();
        return (int) ((in.position() + blockSize - 1) / blockSize);
    }

    private void readStretch(ReadPlan.Stretch stretch) throws IOException {
        int block = stretch.from();
        try {
            while (block < stretch.end()) {
                int length = geometry().blockLength(block);
                read.throttle().accept(length);
                fill(geometry().blockOffset(block), length, stretch);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
                Sha256 digest = Sha256.of(bytes.duplicate());
                read.sink().block(block, digest, bytes);
                read.plan().done();
                block++;
                ReadStream in = stream == null ? ended : stream;
                if (main && in != null) {
                    read.spread(in, stream == null);
                }
            }
        } finally {
            if (block < stretch.end()) {
                read.plan().giveBack(block, stretch.end());
            }
        }
    }

    /// Reads `length` bytes at `offset` into the buffer; what arrived before a failure is kept.
    private void fill(long offset, int length, ReadPlan.Stretch stretch) throws OriginException {
        int have = 0;
        while (have < length) {
            try {
                ReadStream in = at(offset + have, stretch, have);
                int count = in.read(buffer, have, length - have);
                if (count < 0) {
                    throw in.endedAt(offset + length);
                }
                have += count;
                read.count(count);
                if (in.position() == in.end()) {
                    // Before the answer's last block goes out: if it has more bytes than it said,
                    // its length is wrong.
                    in.expectEnd();
                    closeStream();
                    ended = in;
                }
            } catch (OriginException e) {
                closeStream();
                if (!read.resumable() || (!main && !proven)) {
                    throw e;
                }
                retries.failed(e, read.bytes());
            }
        }
    }

    /// A stream that stands at `position`. The first `kept` bytes of the buffer are not touched.
    private ReadStream at(long position, ReadPlan.Stretch stretch, int kept)
            throws OriginException {
        ReadStream in = stream;
        if (in != null && usable(in, position)) {
            skip(in, position, kept);
            return in;
        }
        closeStream();
        if (!read.resumable()) {
            throw new OriginException(
                    Kind.NETWORK,
                    "cannot go on reading " + read.reading().what() + ": it has no strong ETag",
                    false);
        }
        in = open(position, endOfWanted(stretch));
        stream = in;
        skip(in, position, kept);
        return in;
    }

    /// While nobody else reads, one answer may be for everything up to the next block that is here.
    private long endOfWanted(ReadPlan.Stretch stretch) {
        int wanted = read.alone() ? read.plan().endOfRun(stretch.end()) : stretch.end();
        return Math.min(geometry().blockOffset(wanted), geometry().length());
    }

    private boolean usable(ReadStream in, long position) {
        long gap = position - in.position();
        return gap >= 0
                && (in.end() < 0 || position < in.end())
                && (gap <= SMALL_GAP || !read.rangesWork());
    }

    private void skip(ReadStream in, long position, int kept) throws OriginException {
        if (in.position() < position) {
            in.skipTo(position, kept == 0 ? buffer : new byte[8 << 10]);
        }
    }

    private ReadStream open(long position, long stretchEnd) throws OriginException {
        Reading reading = read.reading();
        if (read.rangesWork()) {
            try {
                ReadStream in = reading.range(read.content(), position, stretchEnd);
                if (in.position() == position) {
                    proven = true;
                    read.plan().rangesProven();
                    return in;
                }
                // The whole content, of the right version: this origin does not do ranges.
                read.rangesFail();
                if (main) {
                    return in;
                }
                in.close();
            } catch (OriginException e) {
                if (e.kind() != Kind.PROTOCOL) {
                    throw e;
                }
                read.rangesFail();
            }
            if (!main) {
                throw new OriginException(
                        Kind.PROTOCOL, reading.what() + " does not answer ranges", false);
            }
        }
        return reading.whole(read.content());
    }

    private void closeStream() {
        ReadStream in = stream;
        stream = null;
        ended = null;
        if (in != null) {
            in.close();
        }
    }
}
