// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.HostPort;

import org.jspecify.annotations.Nullable;

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
        boolean serves) {
    public PeerConfig {
        supernodes = List.copyOf(supernodes);
    }
}
