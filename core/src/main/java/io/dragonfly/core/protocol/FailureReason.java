// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

/// Why a peer could not get a range from a parent.
public enum FailureReason {
    /// No connection to the parent.
    UNREACHABLE,
    /// The connection ended before the range did.
    CLOSED,
    /// No byte and no sign of life for too long.
    STALLED,
    /// Bytes or digests that do not match; the only reason that accuses.
    CORRUPT,
    /// The parent does not serve the version (any more), or not to us.
    UNKNOWN_VERSION,
    /// The parent has no free upload slot.
    BUSY,
    /// The peer's own trouble (disk full); accuses nobody.
    LOCAL
}
