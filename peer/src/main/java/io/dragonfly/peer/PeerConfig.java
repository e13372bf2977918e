// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.origin.OriginRules;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/// What a peer is told at its start.
///
/// @param home directory of data, meta and logs
/// @param supernodes in the order they are tried
/// @param bind address the piece server listens on; null: all
/// @param port of the piece server, 0 for any free one
/// @param advertise host that others reach this peer by; null: the local address of the control
///   connection
/// @param hostname shown to people
/// @param limits to begin with; see [Peer#limits]
/// @param serves whether other peers may fetch from this one
/// @param origins which addresses they may have
/// @param plainCredentials whether credentials may go to supernodes of other hosts without TLS
/// @param tls for all connections to supernodes and peers, with an authority; null: none. Without a
///   certificate the peer serves nobody
/// @param disk what the store may take, and for how long
public record PeerConfig(
        Path home,
        List<HostPort> supernodes,
        @Nullable String bind,
        int port,
        @Nullable String advertise,
        String hostname,
        String hostGroup,
        String idc,
        String securityDomain,
        @Nullable String clusterToken,
        PeerLimits limits,
        boolean serves,
        OriginRules origins,
        boolean plainCredentials,
        @Nullable Tls tls,
        DiskUse disk) {
    public PeerConfig {
        Check.argument(tls == null || tls.verifies(), "supernodes must be verified");
        supernodes = List.copyOf(supernodes);
    }

    /// Whether other peers fetch from this one: it may, and they would believe it.
    boolean shares() {
        return serves && (tls == null || tls.serves());
    }

    /// Where the piece server listens: for this host alone where nobody else may come.
    InetSocketAddress listen() {
        if (!shares()) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        }
        return bind == null ? new InetSocketAddress(port) : new InetSocketAddress(bind, port);
    }
}
