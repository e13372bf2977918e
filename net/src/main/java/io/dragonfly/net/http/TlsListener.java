// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import io.dragonfly.net.tls.Tls;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import javax.net.ssl.SSLEngine;

/// TLS in front of HTTP. Whoever speaks HTTP without it is answered by a problem that says so; it
/// is no way in.
final class TlsListener extends DetectorConnectionFactory {
    private final HeaderWatchdog watchdog;

    private TlsListener(SslConnectionFactory tls, HeaderWatchdog watchdog) {
        super(tls);
        this.watchdog = watchdog;
    }

    /// @param watchdog bounds the time until the first bytes, too
    static ConnectionFactory[] before(
            HttpConnectionFactory http, Tls tls, HeaderWatchdog watchdog) {
        SslConnectionFactory factory =
                new SslConnectionFactory(new Engines(tls), http.getProtocol());
        // The names in our certificates were checked by the client, where that is wanted.
        factory.setEnsureSecureRequestCustomizer(false);
        return new ConnectionFactory[] {new TlsListener(factory, watchdog), factory, http};
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        Connection connection = super.newConnection(connector, endPoint);
        watchdog.watch(connection);
        return connection;
    }

    @Override
    protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer first) {
        byte letter = first.get(first.position());
        if (letter >= 'A' && letter <= 'Z') {
            endPoint.write(Callback.from(endPoint::close), answer());
        } else {
            endPoint.close();
        }
    }

    private static ByteBuffer answer() {
        byte[] problem =
                Json.bytes(
                        Problem.of(
                                400,
                                "tls-required",
                                "this port speaks TLS: use https; for a daemon, set tls-ca"));
        String head =
                "HTTP/1.1 400 Bad Request\r\nContent-Type: %s\r\nContent-Length: %d\r\n"
                                .formatted(Problem.CONTENT_TYPE, problem.length)
                        + "Connection: close\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(start.length + problem.length).put(start).put(problem).flip();
    }

    /// Takes the certificates of the moment for each connection.
    private static final class Engines extends SslContextFactory.Server {
        private final Tls tls;

        Engines(Tls tls) {
            this.tls = tls;
            setSslContext(tls.context());
        }

        @Override
        public SSLEngine newSSLEngine() {
            return tls.serverEngine();
        }

        @Override
        public SSLEngine newSSLEngine(String host, int port) {
            return tls.serverEngine();
        }
    }
}
