// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.core.model.Check;

/// What a host gives to the swarm and takes from it; may change while the engine runs.
///
/// @param upload of the host, to all other peers together
/// @param download of the host, for all downloads together
/// @param preheat of it, for downloads of that class together
/// @param background of it, for downloads of that class together
/// @param disk of what downloads write into the store
/// @param uploadSlots blocks that are sent at the same time. The supernode's slots decide who
///   fetches from whom; this is only what the host bears at most
public record PeerLimits(
        ByteRate upload,
        ByteRate download,
        ByteRate preheat,
        ByteRate background,
        ByteRate disk,
        int uploadSlots) {
    public static final int DEFAULT_UPLOAD_SLOTS = 64;

    /// No limit but that of the slots.
    public static final PeerLimits NONE = of(0, 0);

    public PeerLimits {
        Check.argument(uploadSlots > 0, "upload slots must be > 0: %d", uploadSlots);
    }

    /// Bytes per second up and down, 0 for no limit; no other limits.
    public static PeerLimits of(long upload, long download) {
        return new PeerLimits(
                new ByteRate(upload),
                new ByteRate(download),
                ByteRate.UNLIMITED,
                ByteRate.UNLIMITED,
                ByteRate.UNLIMITED,
                DEFAULT_UPLOAD_SLOTS);
    }

    public PeerLimits withDisk(ByteRate rate) {
        return new PeerLimits(upload, download, preheat, background, rate, uploadSlots);
    }

    public PeerLimits withBackground(ByteRate rate) {
        return new PeerLimits(upload, download, preheat, rate, disk, uploadSlots);
    }
}
