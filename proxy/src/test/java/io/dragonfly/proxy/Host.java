// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.peer.DiskUse;
import io.dragonfly.peer.Peer;
import io.dragonfly.peer.PeerConfig;
import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.peer.PeerLimits;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A host with a download engine and a proxy, in this JVM, over real sockets.
final class Host implements Closeable {
    final Peer peer;
    final ProxyServer proxy;
    final Tally tally = new Tally();

    Host(Path home, List<HostPort> supernodes, List<String> registries, String usual, Bounds bounds)
            throws IOException {
        PeerEnvironment environment = PeerEnvironment.system();
        peer = Peer.start(config(home, supernodes), environment);
        proxy =
                ProxyServer.start(
                        mirror(registries, usual, bounds), peer::download, tally, environment);
    }

    static ProxyConfig mirror(List<String> registries, String usual) {
        return mirror(registries, usual, Bounds.DEFAULT);
    }

    static ProxyConfig mirror(List<String> registries, String usual, Bounds bounds) {
        return new ProxyConfig(
                "127.0.0.1",
                0,
                registries.stream().map(Registry::parse).toList(),
                usual,
                List.of(),
                List.of(),
                null,
                OriginRules.DEFAULT,
                Map.of(),
                bounds);
    }

    private static PeerConfig config(Path home, List<HostPort> supernodes) {
        return new PeerConfig(
                home,
                supernodes,
                "127.0.0.1",
                0,
                null,
                home.getFileName().toString(),
                "",
                "",
                "",
                null,
                PeerLimits.NONE,
                true,
                OriginRules.DEFAULT,
                false,
                null,
                DiskUse.DEFAULT);
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        peer.close();
    }
}
