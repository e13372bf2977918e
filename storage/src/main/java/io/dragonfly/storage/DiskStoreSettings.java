// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Check;

import java.time.Duration;

/// The limits of a [DiskStore].
///
/// @param reserveBytes free space of the file system that the store never takes
/// @param maxDirtyBytes bytes per version after which the store syncs; a writer waits for that at
///   twice as many
/// @param growBytes how far ahead space is reserved while the length is unknown
/// @param leftoverAge files without a readable journal are removed when they are older
/// @param maxBytes of all contents together, those that are linked as outputs, too
/// @param eviction when and what [DiskStore#evict] deletes; its watermarks count what is free above
///   the reserve, and its limit on the number of versions is also that of [DiskStore#create]
public record DiskStoreSettings(
        long reserveBytes,
        long maxDirtyBytes,
        long growBytes,
        Duration leftoverAge,
        long maxBytes,
        Eviction eviction) {
    private static final long MIB = 1 << 20;

    /// What a host gets that sets nothing.
    public static final DiskStoreSettings DEFAULT =
            new DiskStoreSettings(
                    256 * MIB,
                    256 * MIB,
                    64 * MIB,
                    Duration.ofHours(1),
                    Long.MAX_VALUE,
                    new Eviction(1024 * MIB, 4096 * MIB, 50_000));

    public DiskStoreSettings {
        Check.argument(reserveBytes >= 0, "the reserve must not be negative: %d", reserveBytes);
        Check.argument(maxDirtyBytes > 0, "the dirty bytes must be positive: %d", maxDirtyBytes);
        Check.argument(growBytes > 0, "the step of growth must be positive: %d", growBytes);
        Check.argument(maxBytes > 0, "the limit of the store must be positive: %d", maxBytes);
    }

    public DiskStoreSettings withReserveBytes(long bytes) {
        return new DiskStoreSettings(
                bytes, maxDirtyBytes, growBytes, leftoverAge, maxBytes, eviction);
    }

    public DiskStoreSettings withMaxDirtyBytes(long bytes) {
        return new DiskStoreSettings(
                reserveBytes, bytes, growBytes, leftoverAge, maxBytes, eviction);
    }

    public DiskStoreSettings withGrowBytes(long bytes) {
        return new DiskStoreSettings(
                reserveBytes, maxDirtyBytes, bytes, leftoverAge, maxBytes, eviction);
    }

    public DiskStoreSettings withLeftoverAge(Duration age) {
        return new DiskStoreSettings(
                reserveBytes, maxDirtyBytes, growBytes, age, maxBytes, eviction);
    }

    public DiskStoreSettings withMaxBytes(long bytes) {
        return new DiskStoreSettings(
                reserveBytes, maxDirtyBytes, growBytes, leftoverAge, bytes, eviction);
    }

    public DiskStoreSettings withEviction(Eviction other) {
        return new DiskStoreSettings(
                reserveBytes, maxDirtyBytes, growBytes, leftoverAge, maxBytes, other);
    }
}
