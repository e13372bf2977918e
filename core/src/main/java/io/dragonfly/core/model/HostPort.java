// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// A network address as people write it: `host:port`, `[v6]:port`. The host is a name or an IP
/// literal without brackets.
public record HostPort(String host, int port) {
    public HostPort {
        Check.argument(!host.isEmpty() && host.length() <= 255, "host must have 1..255 chars");
        Check.argument(port >= 0 && port <= 65535, "port must be 0..65535: %d", port);
    }

    /// Parses `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 literal.
    ///
    /// @throws IllegalArgumentException where the text is none of these
    public static HostPort parse(String text, int defaultPort) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            Check.argument(end > 1, "address lacks ']': %s", text);
            String rest = text.substring(end + 1);
            Check.argument(rest.isEmpty() || rest.startsWith(":"), "not an address: %s", text);
            return new HostPort(
                    text.substring(1, end), rest.isEmpty() ? defaultPort : port(rest.substring(1)));
        }
        int colon = text.indexOf(':');
        if (colon < 0 || colon != text.lastIndexOf(':')) {
            return new HostPort(text, defaultPort);
        }
        return new HostPort(text.substring(0, colon), port(text.substring(colon + 1)));
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a port number: " + text, e);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
