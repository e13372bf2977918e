// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.net.http.ProblemException;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/// Reads the tunnels to listed hosts: shows the client a certificate for the host, signed by the
/// host's own authority, and has the requests inside answered like all others. Thread-safe.
final class Interception implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Interception.class);

    private static final int MAX_HOSTS = 100;

    /// A certificate is made anew when it has less left than this.
    private static final Duration LEAST = Duration.ofHours(1);

    private final List<String> hosts;
    private final Authority authority;
    private final InstantSource clock;

    /// Making a key and a signature would hold up everybody on a virtual thread.
    private final ExecutorService minting =
            Executors.newFixedThreadPool(
                    1, Thread.ofPlatform().daemon().name("minting-", 0).factory());

    /// Jetty asks it for listeners and buffers; the engines are of our own contexts.
    private final SslContextFactory.Server tlsSettings = new SslContextFactory.Server();

    private final ReentrantLock lock = new ReentrantLock();

    /// The least recently used first.
    private final Map<String, Made> made = new LinkedHashMap<>(16, 0.75f, true);

    private record Made(SSLContext context, Instant end) {}

    Interception(ProxyConfig.Reading reading, InstantSource clock) {
        this.hosts = reading.hosts().stream().map(h -> h.toLowerCase(Locale.ROOT)).toList();
        this.authority = reading.authority();
        this.clock = clock;
    }

    boolean reads(HostPort server) {
        String host = server.host().toLowerCase(Locale.ROOT);
        return hosts.stream().anyMatch(h -> Upstreams.matches(h, host));
    }

    /// Answers `CONNECT`; from then on the connection is ours.
    void accept(Request request, Response response, Callback callback, HostPort server)
            throws ProblemException {
        SSLEngine engine = context(server.host().toLowerCase(Locale.ROOT)).createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        engine.setSSLParameters(parameters);
        Connector connector = request.getConnectionMetaData().getConnector();
        EndPoint outer = request.getTunnelSupport().getEndPoint();
        SslConnection tls =
                new SslConnection(
                        connector.getByteBufferPool(),
                        connector.getExecutor(),
                        tlsSettings,
                        outer,
                        engine);
        EndPoint inner = tls.getSslEndPoint();
        inner.setIdleTimeout(outer.getIdleTimeout());
        ProxyConnections http = connector.getConnectionFactory(ProxyConnections.class);
        inner.setConnection(http.tunnelled(connector, inner, server));
        request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, tls);
        response.setStatus(200);
        response.getHeaders().put("Content-Length", 0);
        callback.succeeded();
    }

    private SSLContext context(String host) throws ProblemException {
        Instant now = clock.instant();
        lock.lock();
        try {
            Made known = made.get(host);
            if (known != null && now.plus(LEAST).isBefore(known.end())) {
                return known.context();
            }
        } finally {
            lock.unlock();
        }
        Made fresh = make(host, now);
        lock.lock();
        try {
            if (made.size() >= MAX_HOSTS) {
                made.remove(made.keySet().iterator().next());
            }
            made.put(host, fresh);
        } finally {
            lock.unlock();
        }
        return fresh.context();
    }

    private Made make(String host, Instant now) throws ProblemException {
        try {
            Future<SSLContext> making = minting.submit(() -> authority.leaf(host, now).context());
            return new Made(making.get(), now.plus(Authority.LEAF));
        } catch (ExecutionException e) {
            LOG.error("cannot make a certificate for {}", host, e.getCause());
            throw new ProblemException(500, "internal", "no certificate for " + host);
        } catch (RejectedExecutionException e) {
            throw new ProblemException(503, "daemon-unavailable", "dfdaemon is stopping");
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        }
    }

    @Override
    public void close() {
        minting.shutdown();
    }
}
