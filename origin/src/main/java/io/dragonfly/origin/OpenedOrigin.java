// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.Validators;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/// An origin that has answered: what it says of the content, and the content. [#read] may be called
/// once, by one thread; [#close] at any time by any thread.
public final class OpenedOrigin implements Closeable {
    private final Reading reading;
    private final OriginResponse response;
    private final boolean notModified;
    private final Validators validators;
    private final AtomicBoolean started = new AtomicBoolean();

    OpenedOrigin(Reading reading, OriginResponse response, @Nullable Validators known) {
        this.reading = reading;
        this.response = response;
        this.validators = response.validators();
        // An origin that knows no conditions sends everything again; the same strong ETag says
        // enough.
        boolean same = known != null && known.strong() && known.etag().equals(validators.etag());
        this.notModified = response.notModified() || same;
        if (notModified) {
            response.close();
        }
    }

    /// The version that was asked about still holds. It can be read if it has a strong ETag, to
    /// fetch blocks that are missing.
    public boolean notModified() {
        return notModified;
    }

    /// Bytes of the content, [Geometry#UNKNOWN] where the origin does not say or with
    /// [#notModified].
    public long length() {
        return response.contentLength() < 0 ? Geometry.UNKNOWN : response.contentLength();
    }

    public Validators validators() {
        return validators;
    }

    /// Whether the origin says that it answers ranges.
    public boolean acceptsRanges() {
        return response.acceptsRanges();
    }

    /// Content-Type as sent, or empty.
    public String contentType() {
        return response.contentType();
    }

    /// Scheme, host and port that the content comes from, after all redirects; empty for a file.
    public String servedFrom() {
        return response.servedFrom();
    }

    public Freshness freshness() {
        return response.freshness();
    }

    /// Reads all blocks that the sink does not have, roughly front to back, and returns when the
    /// sink took the last one. One connection reads while it is fast; several read ranges where the
    /// version has a strong ETag and the origin answers ranges. What breaks off is resumed where
    /// that is safe.
    ///
    /// @param geometry with the length that [#length] says; after [#notModified], the version's
    /// @param throttle told how many bytes will be read next, and blocks until they may be; by
    ///   several threads
    /// @throws OriginException where the origin failed; CHANGED where it has another version now.
    ///   What was delivered before is good, but the version may be never complete.
    /// @throws IOException that the sink threw
    public void read(Geometry geometry, OriginReader.Sink sink, LongConsumer throttle)
            throws IOException {
        Check.that(started.compareAndSet(false, true), "a content is read once");
        try {
            if (geometry.lengthKnown()) {
                readKnown(geometry, sink, throttle);
            } else {
                Check.argument(!notModified && length() < 0, "the length is known: %d", length());
                readUnknown(geometry, sink, throttle);
            }
        } finally {
            response.close();
        }
    }

    private void readKnown(Geometry geometry, OriginReader.Sink sink, LongConsumer throttle)
            throws IOException {
        long said = length();
        Check.argument(
                said == geometry.length() || (notModified && said < 0),
                "length %d, but the origin says %d",
                geometry.length(),
                said);
        Check.argument(!notModified || validators.strong(), "only a strong ETag allows reading on");
        Reading.Content content = new Reading.Content(validators, geometry.length());
        new KnownLengthRead(
                        reading,
                        content,
                        response.acceptsRanges() || notModified,
                        geometry,
                        sink,
                        throttle)
                .run(notModified ? null : reading.stream(response));
    }

    /// One answer, to its end; nothing can be resumed, for nobody knows what is missing.
    private void readUnknown(Geometry geometry, OriginReader.Sink sink, LongConsumer throttle)
            throws IOException {
        ReadStream in = reading.stream(response);
        byte[] buffer = new byte[geometry.blockSize()];
        int block = 0;
        int have = buffer.length;
        while (have == buffer.length) {
            throttle.accept(buffer.length);
            have = fill(in, buffer);
            if (have < buffer.length) {
                sink.length(geometry.blockOffset(block) + have);
            }
            if (have > 0) {
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, have);
                sink.block(block, Sha256.of(bytes.duplicate()), bytes);
                block++;
            }
        }
    }

    private static int fill(ReadStream in, byte[] buffer) throws OriginException {
        int have = 0;
        int count = 0;
        while (have < buffer.length && count >= 0) {
            count = in.read(buffer, have, buffer.length - have);
            have += Math.max(0, count);
        }
        return have;
    }

    /// Ends the reading, if there is one: it fails soon. Does not wait for it.
    @Override
    public void close() {
        reading.cancellation().cancel();
        response.close();
    }
}
