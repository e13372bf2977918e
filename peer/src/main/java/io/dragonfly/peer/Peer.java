// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Check;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/// The engine. Thread-safe. Closing ends all downloads, tells the supernodes and syncs the store.
public final class Peer implements Closeable {
    private Peer() {}

    /// Opens the store below `config.home()/data`, starts the piece server.
    public static Peer start(PeerConfig config) throws IOException {
        Check.that(config.port() < 0, "being built");
        return new Peer();
    }

    /// Starts or joins a download. Returns at once; trouble shows in the status.
    public Download download(DownloadRequest request) {
        Check.that(request.bytesPerSecond() < 0, "being built");
        return placeholder();
    }

    private static Download placeholder() {
        throw new UnsupportedOperationException("being built");
    }

    /// Snapshot of the downloads that somebody is interested in.
    public List<DownloadStatus> downloads() {
        return List.of();
    }

    /// Port of the piece server.
    public int port() {
        return 0;
    }

    @Override
    public void close() {}
}
