// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.HostPort;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/// Where an HTTP server listens.
public sealed interface Listen {
    /// A TCP port.
    ///
    /// @param host address to bind, IPv4 or IPv6; null: all of both
    /// @param port 0 for any free one
    record Tcp(@Nullable String host, int port) implements Listen {
        public Tcp {
            Check.argument(port >= 0 && port <= 65_535, "port must be 0..65535: %d", port);
        }

        @Override
        public String toString() {
            return host == null ? "port " + port : new HostPort(host, port).toString();
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
