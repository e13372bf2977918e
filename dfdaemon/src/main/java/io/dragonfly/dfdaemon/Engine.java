// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.PeerLimits;

import java.io.Closeable;
import java.io.IOException;

/// What the API needs of the download engine; the tests have one of their own. Thread-safe.
interface Engine extends Closeable {
    /// Starts or joins a download; trouble shows in its status.
    Download download(DownloadRequest request);

    /// Changes the host's limits from now on.
    void limits(PeerLimits limits);

    /// Bytes sent to other peers so far: a daemon that serves is not idle.
    long servedBytes();

    /// Bytes received from other peers and supernodes so far.
    long receivedBytes();

    /// Ends all downloads.
    @Override
    void close() throws IOException;
}
