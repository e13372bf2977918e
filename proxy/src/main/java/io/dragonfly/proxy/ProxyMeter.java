// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.peer.DownloadStatus;

/// Hears what is to be counted. Thread-safe, and quick.
public interface ProxyMeter {
    /// Counts nothing.
    ProxyMeter NONE = new ProxyMeter() {};

    /// How a request was answered.
    enum Answer {
        /// From the swarm or this host's store, whole.
        SWARM,
        /// The same, and when that failed midway from the upstream.
        RESCUED,
        /// By the upstream, because the swarm could not.
        FALLBACK,
        /// By the upstream, as it should be: a manifest, a tag, an upload.
        PASSED,
        /// By us: a refusal, a token.
        OWN,
        /// A tunnel was opened.
        TUNNEL,
        /// The connection was cut.
        BROKEN
    }

    /// What an upstream was asked for.
    enum Asked {
        BLOB,
        MANIFEST,
        TOKEN,
        OTHER
    }

    /// A request has ended.
    default void answered(Answer how) {}

    /// A request was sent to an upstream.
    default void upstream(Asked what) {}

    /// The first byte of a content left for the client.
    ///
    /// @param nanos after the request's head was here
    default void firstByte(Answer how, long nanos) {}

    /// Bytes of contents sent to clients.
    ///
    /// @param upstream whether they came from the upstream directly, else through the engine
    default void bytes(boolean upstream, long count) {}

    /// A client has what it wanted of a download, or not.
    default void ended(DownloadStatus status) {}
}
