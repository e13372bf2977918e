// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.net.tls.Tls;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/// Where an HTTP server listens.
public sealed interface Listen {
    /// A TCP port.
    ///
    /// @param host address to bind, IPv4 or IPv6; null: all of both
    /// @param port 0 for any free one
    /// @param tls with a certificate; null: none
    record Tcp(@Nullable String host, int port, @Nullable Tls tls) implements Listen {
        public Tcp {
            Check.argument(port >= 0 && port <= 65_535, "port must be 0..65535: %d", port);
            Check.argument(tls == null || tls.serves(), "a server needs a certificate");
        }

        /// Without TLS.
        public Tcp(@Nullable String host, int port) {
            this(host, port, null);
        }

        @Override
        public String toString() {
            String where = host == null ? "port " + port : new HostPort(host, port).toString();
            return tls == null ? where : where + " (TLS)";
        }
    }

    /// A Unix-domain socket. A socket file that a dead process left is replaced; one that somebody
    /// listens on is not.
    ///
    /// @param path of the socket, at most 100 bytes
    /// @param everyone whether other users may connect: the directory is made 0755 where it does
    ///   not exist, and the socket 0666; else the directory is, or is made, 0700 and ours
    record Unix(Path path, boolean everyone) implements Listen {
        @Override
        public String toString() {
            return path.toString();
        }
    }
}
