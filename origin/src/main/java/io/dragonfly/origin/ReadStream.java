// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.origin.OriginException.Kind;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/// One answer of the origin and where in the content it stands. Used by one thread.
///
/// Watches the progress: an origin that sends, but next to nothing, fails. Only time in which we
/// wait for it counts, and of one wait only a part: an origin that stands still is not one that
/// drips, and how long it may stand still is the client's idle time-out.
final class ReadStream implements Closeable {
    private static final long JUDGED_FROM = 1 << 20;

    /// So many waits at least make a window.
    private static final int WAITS_PER_WINDOW = 6;

    private final OriginResponse response;
    private final InputStream body;
    private final ReaderSettings settings;
    private final LongSupplier nanoTime;
    private final String what;
    private long position;
    private long bytes;
    private long waitNanos;
    private long windowBytes;
    private long windowNanos;

    ReadStream(
            OriginResponse response, ReaderSettings settings, LongSupplier nanoTime, String what) {
        this.response = response;
        this.body = response.body();
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.what = what;
        this.position = response.firstByte();
    }

    /// The byte of the content that comes next.
    long position() {
        return position;
    }

    /// One past the last byte that this answer has, -1 where it does not say.
    long end() {
        return response.bodyLength() < 0 ? -1 : response.firstByte() + response.bodyLength();
    }

    /// Some bytes, at least one; -1 at the end.
    int read(byte[] target, int offset, int length) throws OriginException {
        long start = nanoTime.getAsLong();
        int count;
        try {
            count = body.read(target, offset, length);
        } catch (OriginException e) {
            throw e;
        } catch (IOException e) {
            throw new OriginException(
                    Kind.NETWORK, "reading " + what + " failed: " + e.getMessage(), true, e);
        }
        if (count > 0) {
            position += count;
            bytes += count;
        }
        watch(nanoTime.getAsLong() - start, count);
        return count;
    }

    private void watch(long nanos, int count) throws OriginException {
        waitNanos += nanos;
        windowNanos += Math.min(nanos, settings.progressWindow().toNanos() / WAITS_PER_WINDOW);
        windowBytes += Math.max(0, count);
        if (windowNanos >= settings.progressWindow().toNanos()) {
            if (count >= 0 && windowBytes < settings.minProgress()) {
                throw new OriginException(
                        Kind.NETWORK,
                        what
                                + " is too slow: "
                                + windowBytes
                                + " bytes in "
                                + windowNanos / 1_000_000_000
                                + " s of waiting",
                        true);
            }
            windowNanos = 0;
            windowBytes = 0;
        }
    }

    /// Reads over what is not wanted.
    void skipTo(long target, byte[] scratch) throws OriginException {
        while (position < target) {
            int count = read(scratch, 0, (int) Math.min(scratch.length, target - position));
            if (count < 0) {
                throw endedAt(target);
            }
        }
    }

    /// Fails unless the answer ends here, as it must.
    void expectEnd() throws OriginException {
        if (read(new byte[1], 0, 1) >= 0) {
            throw new OriginException(
                    Kind.PROTOCOL,
                    what + " sent more than the " + (position - 1) + " bytes that it promised",
                    false);
        }
    }

    /// The answer ended before `target`.
    OriginException endedAt(long target) {
        return new OriginException(
                Kind.NETWORK,
                "the answer of " + what + " ended at byte " + position + " before " + target,
                true);
    }

    /// Whether less than that came per second of waiting; judged from the first MiB on.
    boolean slowerThan(long bytesPerSecond) {
        boolean atOnce = bytesPerSecond == Long.MAX_VALUE;
        return atOnce || (bytes >= JUDGED_FROM && bytes / (waitNanos / 1e9) < bytesPerSecond);
    }

    @Override
    public void close() {
        response.close();
    }
}
