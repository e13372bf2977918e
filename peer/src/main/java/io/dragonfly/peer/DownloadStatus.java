// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/// Snapshot of a download.
///
/// @param sequence grows with every change
/// @param version hex id of the version, or empty while unknown
/// @param length bytes of the content, -1 while unknown
/// @param verified bytes that are here and verified
/// @param fromPeers of `verified`, received from other peers by this download
/// @param fromSupernode received from a supernode
/// @param fromOrigin read from the origin by this host
/// @param fromStore was already here
/// @param waitedMillis what was waited for, by cause
/// @param parents bytes by parent address
public record DownloadStatus(
        long sequence,
        Phase phase,
        String task,
        String version,
        long length,
        long verified,
        long fromPeers,
        long fromSupernode,
        long fromOrigin,
        long fromStore,
        String contentType,
        String etag,
        String lastModified,
        Map<String, Long> waitedMillis,
        Map<String, Long> parents,
        @Nullable Failure failure) {
    /// How far a download is.
    public enum Phase {
        REGISTERING,
        RUNNING,
        /// The same, where the disk has no room: the content goes through memory to those who read
        /// it now, and is not kept.
        STREAMING,
        DONE,
        FAILED
    }

    /// Why it failed.
    ///
    /// @param code a word of the table in docs/reference (`origin-not-found`, `digest-mismatch`, …)
    /// @param message one line: what happened, what to do
    public record Failure(String code, String message) {}

    public boolean ended() {
        return phase == Phase.DONE || phase == Phase.FAILED;
    }
}
