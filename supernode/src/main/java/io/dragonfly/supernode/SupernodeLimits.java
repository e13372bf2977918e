// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.limits.ByteRate;

/// What a supernode gives and takes at most; may change while it runs.
///
/// @param upload to all peers together: pieces, and contents that are sent with the answer
/// @param download from all origins together
/// @param origin from each origin (scheme, host and port of the URL that was asked for)
/// @param disk of what is read from origins into the store
public record SupernodeLimits(ByteRate upload, ByteRate download, ByteRate origin, ByteRate disk) {
    public static final SupernodeLimits NONE =
            new SupernodeLimits(
                    ByteRate.UNLIMITED, ByteRate.UNLIMITED, ByteRate.UNLIMITED, ByteRate.UNLIMITED);

    public SupernodeLimits withUpload(ByteRate rate) {
        return new SupernodeLimits(rate, download, origin, disk);
    }

    public SupernodeLimits withDownload(ByteRate rate) {
        return new SupernodeLimits(upload, rate, origin, disk);
    }

    public SupernodeLimits withOrigin(ByteRate rate) {
        return new SupernodeLimits(upload, download, rate, disk);
    }

    public SupernodeLimits withDisk(ByteRate rate) {
        return new SupernodeLimits(upload, download, origin, rate);
    }
}
