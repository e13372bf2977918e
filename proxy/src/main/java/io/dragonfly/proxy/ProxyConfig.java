// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.Check;
import io.dragonfly.origin.Network;
import io.dragonfly.origin.OriginRules;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// What the proxy is told at its start.
///
/// @param host address to listen on
/// @param port 0 for any free one
/// @param registries those that need to be known beforehand
/// @param defaultRegistry of requests that do not say which they are for
/// @param allowed hosts that clients may have asked, besides the registries; `*.example.com` means
///   all below; empty: all, where only this machine can connect
/// @param rules for requests of the HTTP proxy; the first that matches holds
/// @param reading of tunnels; null: none is read
/// @param origins which addresses upstreams may have
/// @param variables environment, for proxies on the way
public record ProxyConfig(
        String host,
        int port,
        List<Registry> registries,
        String defaultRegistry,
        List<String> allowed,
        List<Rule> rules,
        @Nullable Reading reading,
        OriginRules origins,
        Map<String, String> variables,
        Bounds bounds) {
    /// Which tunnels are read, and by whose certificates.
    ///
    /// @param hosts names, `*.example.com` for all below a domain
    public record Reading(List<String> hosts, Authority authority) {
        public Reading {
            hosts = List.copyOf(hosts);
            for (String host : hosts) {
                Check.argument(
                        authority.covers(host),
                        "the authority of --intercept-cert may not sign for %s: make one for all"
                                + " of --intercept with dfdaemon gen-ca",
                        host);
            }
        }
    }

    public static final int DEFAULT_PORT = 65001;
    public static final String DEFAULT_REGISTRY = "docker.io";

    public ProxyConfig {
        registries = List.copyOf(registries);
        allowed = List.copyOf(allowed);
        rules = List.copyOf(rules);
        variables = Map.copyOf(variables);
        Registry.name(defaultRegistry);
        Check.argument(
                !allowed.isEmpty() || Network.isLoopback(host),
                "a proxy that other hosts reach (--proxy-ip %s) needs --proxy-allow: the hosts that"
                        + " may be asked through it",
                host);
    }

    /// Shows no environment: a proxy's URL may have a password.
    @Override
    public String toString() {
        return "ProxyConfig[" + host + ":" + port + "]";
    }
}
