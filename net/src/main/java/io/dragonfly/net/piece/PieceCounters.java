// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.protocol.FailureReason;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// What piece servers and clients count, for metrics and tests. Thread-safe; one object may serve
/// several of them.
public final class PieceCounters {
    /// What is counted. All only grow, except the two that say what is the case now.
    public enum Count {
        /// Connections that are being served now.
        CONNECTIONS_OPEN,
        /// Requests that are being answered now.
        REQUESTS_ACTIVE,
        CONNECTIONS_ACCEPTED,
        /// Connections over the limit.
        CONNECTIONS_REFUSED,
        /// Connections closed because nothing, or too little, moved on them.
        CONNECTIONS_REAPED,
        REQUESTS,
        /// Requests that were answered by an error.
        ERRORS_SENT,
        /// Requests that ended because the own store could not be read.
        STORE_ERRORS,
        BLOCKS_SENT,
        /// Bytes of blocks, without frames.
        BYTES_SENT,
        /// Times that a ready block had to wait for an upload slot.
        SLOT_WAITS,
        FETCHES,
        BLOCKS_RECEIVED,
        /// Bytes of blocks, without frames.
        BYTES_RECEIVED,
        CONNECTIONS_OPENED,
        CONNECTIONS_REUSED,
        /// Pooled connections that turned out to be closed by the parent.
        CONNECTIONS_STALE
    }

    private final Map<Count, LongAdder> counts = adders(Count.class);
    private final Map<FailureReason, LongAdder> failures = adders(FailureReason.class);

    public long get(Count count) {
        return of(counts, count).sum();
    }

    /// Fetches that failed for `reason`.
    public long failures(FailureReason reason) {
        return of(failures, reason).sum();
    }

    void add(Count count, long n) {
        of(counts, count).add(n);
    }

    void add(FailureReason reason) {
        of(failures, reason).increment();
    }

    private static <K extends Enum<K>> LongAdder of(Map<K, LongAdder> adders, K key) {
        return Objects.requireNonNull(adders.get(key));
    }

    /// One adder for each constant; the map never changes, so threads may share it.
    private static <K extends Enum<K>> Map<K, LongAdder> adders(Class<K> keys) {
        Map<K, LongAdder> adders = new EnumMap<>(keys);
        for (K key : keys.getEnumConstants()) {
            adders.put(key, new LongAdder());
        }
        return adders;
    }
}
