// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.origin.Network;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The proxies of the environment variables `http_proxy`, `https_proxy` and `no_proxy` (lower case
/// goes before upper case; an empty value means none), as curl reads them.
///
/// `no_proxy` is a list of names (`example.com` and `.example.com` mean the domain and everything
/// below), addresses, networks (`10.0.0.0/8`), each with an optional `:port`, or `*`.
final class ProxyEnvironment {
    /// @param basic value of the Proxy-Authorization header, or empty
    record Proxy(HostPort address, boolean secure, String basic) {
        /// Hides the credentials.
        @Override
        public String toString() {
            return address.toString();
        }
    }

    private final Optional<Proxy> http;
    private final Optional<Proxy> https;
    private final List<String> exceptions = new ArrayList<>();

    /// @throws IllegalArgumentException where a variable is not the URL of an HTTP proxy; the
    ///   message does not repeat its value
    ProxyEnvironment(Map<String, String> environment) {
        http = proxy(environment, "http_proxy");
        https = proxy(environment, "https_proxy");
        for (String entry : value(environment, "no_proxy").split("[,\\s]+")) {
            if (!entry.isEmpty()) {
                exceptions.add(entry.toLowerCase(Locale.ROOT));
            }
        }
    }

    /// The proxy for a server, if there is one.
    Optional<Proxy> proxy(boolean secure, HostPort server) {
        Optional<Proxy> proxy = secure ? https : http;
        if (proxy.isEmpty() || exceptions.stream().anyMatch(e -> matches(e, server))) {
            return Optional.empty();
        }
        return proxy;
    }

    /// Both proxies that are set.
    List<Proxy> all() {
        List<Proxy> all = new ArrayList<>();
        http.ifPresent(all::add);
        https.ifPresent(all::add);
        return all;
    }

    private static String value(Map<String, String> environment, String name) {
        String lower = environment.get(name);
        return lower != null
                ? lower.strip()
                : environment.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip();
    }

    private static Optional<Proxy> proxy(Map<String, String> environment, String name) {
        String text = value(environment, name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        URI url;
        try {
            url = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException e) {
            // The exception's message repeats the value, which may hold a password.
            throw new IllegalArgumentException("the variable " + name + " is not a URL");
        }
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        if (url.getHost() == null || (!secure && !"http".equalsIgnoreCase(url.getScheme()))) {
            throw new IllegalArgumentException(
                    "the variable " + name + " must look like http://host:port");
        }
        int port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
        String host = url.getHost().replace("[", "").replace("]", "");
        String basic =
                url.getUserInfo() == null
                        ? ""
                        : "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(
                                                url.getUserInfo().getBytes(StandardCharsets.UTF_8));
        return Optional.of(new Proxy(new HostPort(host, port), secure, basic));
    }

    private static boolean matches(String entry, HostPort server) {
        if (entry.equals("*")) {
            return true;
        }
        String host = server.host().toLowerCase(Locale.ROOT);
        if (entry.contains("/")) {
            return Network.parse(entry).map(n -> n.contains(host)).orElse(false);
        }
        HostPort pattern;
        try {
            pattern = HostPort.parse(entry, 0);
        } catch (IllegalArgumentException e) {
            return false;
        }
        if (pattern.port() != 0 && pattern.port() != server.port()) {
            return false;
        }
        String name = pattern.host().startsWith(".") ? pattern.host().substring(1) : pattern.host();
        return host.equals(name)
                || host.endsWith("." + name)
                || Network.parse(name + "/128").map(n -> n.contains(host)).orElse(false);
    }
}
