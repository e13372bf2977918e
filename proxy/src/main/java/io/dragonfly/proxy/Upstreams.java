// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.net.http.ProblemException;
import io.dragonfly.origin.Network;
import io.dragonfly.origin.OriginRules;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/// Which servers clients may have asked through this proxy. The resolved addresses are guarded
/// besides, where the connections are made. Thread-safe.
final class Upstreams {
    private final List<String> allowed;
    private final Set<HostPort> named;
    private final boolean loopback;
    private final IntSupplier ownPort;

    /// @param allowed host names, `*.example.com` for all below a domain; empty: all
    /// @param registries that the operator named: they may always be asked
    /// @param rules whether servers of this machine may be asked
    /// @param ownPort of the proxy itself
    Upstreams(
            List<String> allowed,
            List<Registry> registries,
            OriginRules rules,
            IntSupplier ownPort) {
        this.named = registries.stream().map(Registry::server).collect(Collectors.toSet());
        this.allowed = allowed.stream().map(a -> a.toLowerCase(Locale.ROOT)).toList();
        this.loopback = rules.loopback() == OriginRules.Loopback.ANY;
        this.ownPort = ownPort;
    }

    /// Whether servers that the operator did not name may be on this machine.
    boolean loopback() {
        return loopback;
    }

    /// Whether this server may be on this machine.
    boolean mayBeHere(HostPort server) {
        return loopback || named.contains(server);
    }

    /// @throws ProblemException 403 where it must not be asked
    void require(HostPort server) throws ProblemException {
        String host = server.host().toLowerCase(Locale.ROOT);
        requireOther(server);
        if (named.contains(server)) {
            return;
        }
        if (!allowed.isEmpty() && allowed.stream().noneMatch(a -> matches(a, host))) {
            throw refused(server, "it is none of the hosts of --proxy-allow");
        }
        if (!loopback && Network.isLoopback(host)) {
            throw refused(
                    server,
                    "it is on this machine: name it with --registry, or allow all such with"
                            + " --loopback-origins");
        }
    }

    /// Refuses this proxy itself, by whatever name: it would ask itself without end.
    void requireOther(HostPort server) throws ProblemException {
        if (server.port() == ownPort.getAsInt() && isHere(server.host())) {
            throw refused(server, "it is this proxy itself");
        }
    }

    private static boolean isHere(String host) {
        if (Network.isLoopback(host)) {
            return true;
        }
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (address.isLoopbackAddress()
                        || address.isAnyLocalAddress()
                        || NetworkInterface.getByInetAddress(address) != null) {
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException | SocketException _) {
            return false; // then nobody will connect to it
        }
    }

    /// Whether a host is the one that an operator wrote, or below `*.example.com`.
    static boolean matches(String pattern, String host) {
        return pattern.startsWith("*.")
                ? host.endsWith(pattern.substring(1))
                : host.equals(pattern);
    }

    static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static ProblemException refused(HostPort server, String why) {
        return new ProblemException(
                403, "upstream-refused", "dfdaemon does not ask " + server + ": " + why);
    }
}
