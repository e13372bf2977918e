// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.logging.LogFormat;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.peer.DiskUse;
import io.dragonfly.peer.PeerLimits;
import io.dragonfly.proxy.ProxyConfig;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What a daemon is told at its start, checked and with every default filled in.
///
/// @param home directory of data, meta, logs and run
/// @param listening where clients connect
/// @param nodes supernodes in the order they are tried; empty: those used last, else the local one
/// @param peer how other peers see this host
/// @param limits of the host
/// @param disk what the store may take, and for how long
/// @param origins which addresses they may have; one of loopback that the URL names is for the
///   daemon's own user only
/// @param plainCredentials whether credentials may go to supernodes of other hosts without TLS
/// @param idleExit ends the daemon after so much time without work; zero: never
/// @param tls for supernodes and peers; null: none
/// @param proxy registry mirror and proxy; null: none
public record DfdaemonConfig(
        Path home,
        Listening listening,
        List<HostPort> nodes,
        Identity peer,
        @Nullable String clusterToken,
        PeerLimits limits,
        Downloads downloads,
        DiskUse disk,
        Duration idleExit,
        OriginRules origins,
        boolean plainCredentials,
        Logging logging,
        @Nullable Tls tls,
        @Nullable Proxying proxy) {
    /// @param required whether the daemon must not start without it
    public record Proxying(ProxyConfig config, boolean required) {}

    /// @param socket of the API
    /// @param everyone whether other users may use it
    /// @param httpHost address of the TCP port for metrics and health
    /// @param httpPort -1 for none, 0 for any free one
    public record Listening(Path socket, boolean everyone, String httpHost, int httpPort) {}

    /// @param bind address of the piece server; null: all
    /// @param port of the piece server, 0 for any free one
    /// @param advertise host that others reach it by; null: as the supernode sees it
    public record Identity(
            @Nullable String bind,
            int port,
            @Nullable String advertise,
            String hostname,
            String hostGroup,
            String idc,
            String securityDomain) {}

    /// How many there may be at a time; more are refused.
    ///
    /// @param all of everybody
    /// @param perUser of one user, so that nobody can keep the others out
    public record Downloads(int all, int perUser) {}

    /// @param console to standard error instead of the home's log file
    public record Logging(LogFormat format, boolean console, boolean verbose) {}

    public DfdaemonConfig {
        nodes = List.copyOf(nodes);
    }

    /// The log that v1 had under this name.
    Path logFile() {
        return home.resolve("logs").resolve("dfclient.log");
    }

    @Override
    public String toString() {
        return "DfdaemonConfig[" + home + "]";
    }
}
