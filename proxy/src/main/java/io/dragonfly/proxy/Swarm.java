// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;

/// The download engine, as far as the proxy needs it. Thread-safe.
@FunctionalInterface
public interface Swarm {
    /// Starts or joins a download. Returns at once; trouble shows in its status.
    Download download(DownloadRequest request);
}
