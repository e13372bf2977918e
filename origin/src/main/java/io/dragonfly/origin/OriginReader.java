// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.MaskedUrl;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.OriginException.Kind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Reads one version of a content from its origin, block by block, and hashes each block on the
/// way. Thread-safe: each [#open] is a reading of its own.
///
/// The rule that everything here serves: bytes of two answers are put together only where both
/// carry the same strong ETag. Without one, a version is what one answer gave, and an answer that
/// breaks off ends the version.
public final class OriginReader {
    /// Gets the blocks as they are read. Called from several threads, one block at a time per
    /// thread; an exception ends the reading and is thrown by [OpenedOrigin#read].
    public interface Sink {
        /// Whether the block is already here and need not be read (resume). Asked once for each
        /// block before the first is read, and only where the version has a strong ETag.
        boolean has(int block);

        /// One whole block (position to limit) and its digest; blocks when the sink is full. The
        /// bytes are valid during the call only.
        void block(int block, Sha256 digest, ByteBuffer bytes) throws IOException;

        /// The end of a content of unknown length was seen. Called once, before the last block
        /// where that is a short one.
        void length(long length) throws IOException;
    }

    /// Where nothing listens on first contact, nothing will in a moment; a server that restarts is
    /// given a second.
    private static final int REFUSED_RETRIES = 2;

    private final Origins origins;
    private final ReaderSettings settings;
    private final Retries.Pauses pauses;
    private final LongSupplier nanoTime;
    private final WholeReads wholeReads;

    /// @param random for the length of pauses
    /// @param sleeper waits between tries
    /// @param nanoTime as [System#nanoTime], for judging the origin's speed
    public OriginReader(
            Origins origins,
            ReaderSettings settings,
            RandomGenerator random,
            Sleeper sleeper,
            LongSupplier nanoTime) {
        this.origins = origins;
        this.settings = settings;
        this.pauses = new Retries.Pauses(settings, random, sleeper);
        this.nanoTime = nanoTime;
        this.wholeReads = new WholeReads(nanoTime);
    }

    /// Asks the origin for the content: one GET of its first part, which is all of a small content.
    /// Where parts cannot be put together, one GET of everything. Tries again where that may help.
    ///
    /// @param known of the version that is here: the answer may be [OpenedOrigin#notModified]; else
    ///   null
    /// @throws OriginException the last failure
    public OpenedOrigin open(TaskSpec spec, @Nullable Validators known) throws OriginException {
        return open(spec, known, new Cancellation());
    }

    /// Whether the answer is all of the content, or a part that others can be added to.
    private static boolean canGoOn(OriginResponse response) {
        return response.notModified()
                || response.bodyLength() == response.contentLength()
                || (response.validators().strong() && response.contentLength() >= 0);
    }

    /// Whether to ask for the first part only. A file's parts cost nothing, so it needs no such
    /// beginning.
    private boolean partly(TaskSpec spec) {
        return settings.firstBytes() > 0
                && !"file".equalsIgnoreCase(spec.url().getScheme())
                && !wholeReads.contains(spec);
    }

    /// @param cancellation of this content alone: it ends the opening and the reading, and closing
    ///   the opened content cancels it
    public OpenedOrigin open(TaskSpec spec, @Nullable Validators known, Cancellation cancellation)
            throws OriginException {
        Retries retries = new Retries(pauses, settings.maxRetries(), cancellation);
        boolean partly = partly(spec);
        Retries few = new Retries(pauses, REFUSED_RETRIES, cancellation);
        while (true) {
            try {
                long end = partly ? settings.firstBytes() : -1;
                OriginResponse response =
                        origins.open(new OriginRequest(spec, 0, end, null, known, cancellation));
                if (!partly || canGoOn(response)) {
                    Reading reading =
                            new Reading(
                                    origins,
                                    settings,
                                    pauses,
                                    nanoTime,
                                    spec,
                                    cancellation,
                                    wholeReads);
                    return new OpenedOrigin(reading, response, known);
                }
                response.close();
                wholeReads.add(spec);
                partly = false;
            } catch (OriginException e) {
                if (partly && (e.kind() == Kind.PROTOCOL || e.kind() == Kind.STATUS)) {
                    // An empty content has no first part, and some servers mistake ranges.
                    partly = false;
                    continue;
                }
                (e.connectionRefused() ? few : retries).failed(e, 0);
            }
        }
    }

    /// Reads a small document whole. Tries again where that may help.
    ///
    /// @throws OriginException of kind PROTOCOL where it has more bytes
    public byte[] document(TaskSpec spec, int maxBytes, Cancellation cancellation)
            throws OriginException {
        Retries retries = new Retries(pauses, settings.maxRetries(), cancellation);
        while (true) {
            try (OriginResponse answer =
                    origins.open(new OriginRequest(spec, 0, -1, null, null, cancellation))) {
                byte[] bytes = answer.body().readNBytes(maxBytes + 1);
                if (bytes.length > maxBytes) {
                    throw new OriginException(
                            Kind.PROTOCOL,
                            MaskedUrl.of(spec.url()) + " sent more than " + maxBytes + " bytes",
                            false);
                }
                return bytes;
            } catch (OriginException e) {
                retries.failed(e, 0);
            } catch (IOException e) {
                String what = MaskedUrl.of(spec.url());
                retries.failed(
                        new OriginException(Kind.NETWORK, "reading " + what + " failed", true, e),
                        0);
            }
        }
    }

    /// Whether the origin gives a content of that length to whoever asks like this. One request for
    /// one byte; a redirect is followed, by a second one, only where it leads to a place that is
    /// not known: it could be the page where one logs in. Tries again where that may help.
    ///
    /// @param length -1 where it is not known
    /// @param known whether contents of this origin are known to lie there, see
    ///   [OpenedOrigin#servedFrom]
    /// @throws OriginException where the origin gives him nothing
    public boolean gives(
            TaskSpec spec, long length, Predicate<String> known, Cancellation cancellation)
            throws OriginException {
        Retries retries = new Retries(pauses, settings.maxRetries(), cancellation);
        while (true) {
            try {
                return switch (origins.probe(spec, cancellation)) {
                    case OriginProbe.Given(long said) -> length < 0 || said == length;
                    case OriginProbe.Elsewhere(String place) ->
                            known.test(place) || followed(spec, length, cancellation);
                };
            } catch (OriginException e) {
                retries.failed(e, 0);
            }
        }
    }

    private boolean followed(TaskSpec spec, long length, Cancellation cancellation)
            throws OriginException {
        try (OriginResponse answer =
                origins.open(new OriginRequest(spec, 0, 1, null, null, cancellation))) {
            return answer.contentLength() == length;
        }
    }

    /// Whether the origin gives the content to whoever asks like this, and it still is the version
    /// with these validators. One request, for one byte at most where the origin knows ranges or
    /// conditions. Tries again where that may help.
    ///
    /// @param known with a strong ETag
    /// @throws OriginException where the origin gives him nothing
    public boolean gives(TaskSpec spec, Validators known, Cancellation cancellation)
            throws OriginException {
        Check.argument(known.strong(), "only a strong ETag tells versions apart: %s", known);
        Retries retries = new Retries(pauses, settings.maxRetries(), cancellation);
        while (true) {
            try (OriginResponse answer =
                    origins.open(new OriginRequest(spec, 0, 1, null, known, cancellation))) {
                return answer.notModified() || answer.validators().etag().equals(known.etag());
            } catch (OriginException e) {
                retries.failed(e, 0);
            }
        }
    }
}
