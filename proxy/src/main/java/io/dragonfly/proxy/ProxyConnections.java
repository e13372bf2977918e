// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.HostPort;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// Connections that know what Jetty forgets: whether a request named its server in the request
/// line, as requests to a proxy do, and which tunnel it came through.
final class ProxyConnections extends HttpConnectionFactory {
    ProxyConnections(HttpConfiguration configuration) {
        super(configuration);
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(
                new Aware(getHttpConfiguration(), connector, endPoint, null), connector, endPoint);
    }

    /// A connection inside a tunnel to `server`.
    Connection tunnelled(Connector connector, EndPoint endPoint, HostPort server) {
        return configure(
                new Aware(getHttpConfiguration(), connector, endPoint, server),
                connector,
                endPoint);
    }

    /// Whether the request line names the server.
    static boolean isAbsolute(Request request) {
        return request.getConnectionMetaData().getConnection() instanceof Aware aware
                && aware.absolute;
    }

    /// The server that the tunnel around the request leads to.
    static Optional<HostPort> tunnel(Request request) {
        return request.getConnectionMetaData().getConnection() instanceof Aware aware
                ? Optional.ofNullable(aware.server)
                : Optional.empty();
    }

    private static final class Aware extends HttpConnection {
        private final @Nullable HostPort server;

        /// Of the request that is read; the next one is not read before this one is answered.
        private volatile boolean absolute;

        Aware(
                HttpConfiguration configuration,
                Connector connector,
                EndPoint endPoint,
                @Nullable HostPort server) {
            super(configuration, connector, endPoint);
            this.server = server;
        }

        @Override
        protected HttpStreamOverHTTP1 newHttpStream(
                String method, String uri, HttpVersion version) {
            absolute =
                    uri.regionMatches(true, 0, "http://", 0, 7)
                            || uri.regionMatches(true, 0, "https://", 0, 8);
            return super.newHttpStream(method, uri, version);
        }
    }
}
