// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Check;

import java.time.Duration;

/// How an [OriginReader] reads.
///
/// @param connections at most so many at a time for one content
/// @param stretchBytes what a further connection reads at once
/// @param firstBytes the first request asks for so many bytes only: what it says of length, version
///   and speed decides how the rest is read, and no answer has to be cut for that. 0 asks for all
///   at once
/// @param parallelFrom bytes that must be left after the first part for further connections to pay
/// @param cutFrom bytes that must be left for a running answer to be given up midway in favour of
///   several. What the kernels hold of it by then, 17 MB were seen, has been sent for nothing
/// @param slowStream bytes per second; a first connection that is slower gets company. A fast one
///   needs none. [Long#MAX_VALUE] means at once
/// @param maxRetries tries after the first without progress in between
/// @param firstBackoff pause before the first retry; doubles from one to the next
/// @param maxBackoff longest pause of our own choice
/// @param maxRetryAfter a Retry-After above this ends the reading at once
/// @param progressWindow waiting time in which at least `minProgress` bytes must come
/// @param minProgress bytes
public record ReaderSettings(
        int connections,
        long stretchBytes,
        long firstBytes,
        long parallelFrom,
        long cutFrom,
        long slowStream,
        int maxRetries,
        Duration firstBackoff,
        Duration maxBackoff,
        Duration maxRetryAfter,
        Duration progressWindow,
        long minProgress) {
    public static final ReaderSettings DEFAULT =
            new ReaderSettings(
                    4,
                    16 << 20,
                    1 << 20,
                    32 << 20,
                    1L << 30,
                    32 << 20,
                    5,
                    Duration.ofMillis(200),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(30),
                    16 << 10);

    /// Of one reading, whatever is set.
    public static final int MAX_CONNECTIONS = 64;

    /// That asks for all at once.
    ReaderSettings(
            int connections,
            long stretchBytes,
            long parallelFrom,
            long slowStream,
            int maxRetries,
            Duration firstBackoff,
            Duration maxBackoff,
            Duration maxRetryAfter,
            Duration progressWindow,
            long minProgress) {
        this(
                connections,
                stretchBytes,
                0,
                parallelFrom,
                parallelFrom,
                slowStream,
                maxRetries,
                firstBackoff,
                maxBackoff,
                maxRetryAfter,
                progressWindow,
                minProgress);
    }

    public ReaderSettings {
        Check.argument(
                connections >= 1 && connections <= MAX_CONNECTIONS, "connections: %d", connections);
        Check.argument(stretchBytes >= 1, "stretchBytes: %d", stretchBytes);
        Check.argument(firstBytes >= 0, "firstBytes: %d", firstBytes);
        Check.argument(maxRetries >= 0, "maxRetries: %d", maxRetries);
    }

    public ReaderSettings withConnections(int most) {
        return new ReaderSettings(
                most,
                stretchBytes,
                firstBytes,
                parallelFrom,
                cutFrom,
                slowStream,
                maxRetries,
                firstBackoff,
                maxBackoff,
                maxRetryAfter,
                progressWindow,
                minProgress);
    }

    ReaderSettings withFirstBytes(long bytes) {
        return new ReaderSettings(
                connections,
                stretchBytes,
                bytes,
                parallelFrom,
                cutFrom,
                slowStream,
                maxRetries,
                firstBackoff,
                maxBackoff,
                maxRetryAfter,
                progressWindow,
                minProgress);
    }
}
