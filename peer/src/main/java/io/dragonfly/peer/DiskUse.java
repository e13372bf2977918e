// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Check;
import io.dragonfly.storage.DiskStoreSettings;
import io.dragonfly.storage.Eviction;

import java.time.Duration;

/// How much of the disk a host's store takes, and how long it keeps what nobody uses.
///
/// @param reserveBytes free space of the file system that is never taken
/// @param lowBytes unused versions leave when less than this is free above the reserve
/// @param highBytes they leave until so much is
/// @param capBytes that the store may hold in all; 0: no limit but the disk's
/// @param unusedFor time without use after which a version is not offered to others any more
/// @param leftoversFor time without use after which what cannot be continued is removed
public record DiskUse(
        long reserveBytes,
        long lowBytes,
        long highBytes,
        long capBytes,
        Duration unusedFor,
        Duration leftoversFor) {
    private static final int MAX_VERSIONS = 50_000;

    /// What a host gets that sets nothing.
    public static final DiskUse DEFAULT =
            new DiskUse(
                    256L << 20, 1L << 30, 4L << 30, 0, Duration.ofMinutes(3), Duration.ofHours(1));

    /// @throws IllegalArgumentException with a message for users
    public DiskUse {
        Check.argument(
                lowBytes <= highBytes,
                "--disk-low (%d bytes) must not be above --disk-high (%d bytes)",
                lowBytes,
                highBytes);
        Check.argument(
                Long.MAX_VALUE - reserveBytes >= highBytes,
                "--disk-reserve and --disk-high are too much");
        Check.argument(!unusedFor.isZero(), "--expiretime must be more than 0");
        Check.argument(!leftoversFor.isZero(), "--leftover-time must be more than 0");
    }

    /// The same for the store.
    public DiskStoreSettings settings() {
        return DiskStoreSettings.DEFAULT
                .withReserveBytes(reserveBytes)
                .withLeftoverAge(leftoversFor)
                .withMaxBytes(capBytes == 0 ? Long.MAX_VALUE : capBytes)
                .withEviction(new Eviction(lowBytes, highBytes, MAX_VERSIONS));
    }
}
