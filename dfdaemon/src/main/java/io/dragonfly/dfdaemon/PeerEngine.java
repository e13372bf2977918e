// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.Peer;

/// The real engine.
record PeerEngine(Peer peer) implements Engine {
    @Override
    public Download download(DownloadRequest request) {
        return peer.download(request);
    }

    @Override
    public long servedBytes() {
        // The engine does not count its uploads yet.
        return 0;
    }

    @Override
    public void close() {
        peer.close();
    }
}
