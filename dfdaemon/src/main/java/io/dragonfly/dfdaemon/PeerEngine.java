// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.net.piece.PieceCounters;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.Peer;
import io.dragonfly.peer.PeerLimits;

import java.io.IOException;

/// The real engine.
record PeerEngine(Peer peer) implements Engine {
    @Override
    public Download download(DownloadRequest request) {
        return peer.download(request);
    }

    @Override
    public void limits(PeerLimits limits) {
        peer.limits(limits);
    }

    @Override
    public long servedBytes() {
        return peer.counters().get(PieceCounters.Count.BYTES_SENT);
    }

    @Override
    public long receivedBytes() {
        return peer.counters().get(PieceCounters.Count.BYTES_RECEIVED);
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
