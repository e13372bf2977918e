// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.net.http.HttpServer;
import io.dragonfly.net.http.HttpSettings;
import io.dragonfly.net.http.Listen;
import io.dragonfly.origin.OriginSettings;
import io.dragonfly.origin.http.HttpForwarder;
import io.dragonfly.origin.http.HttpOrigin;
import io.dragonfly.peer.PeerEnvironment;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The running proxy: the parts and how they hang together. Thread-safe.
public final class ProxyServer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    private static final int MAX_CONNECTIONS = 2000;

    private final List<Closeable> clients;
    private final Front front;
    private final HttpServer server;

    private ProxyServer(List<Closeable> clients, Front front, HttpServer server) {
        this.clients = clients;
        this.front = front;
        this.server = server;
    }

    /// Starts it; when this returns, clients can connect.
    ///
    /// @throws IOException where it cannot listen, with one line for users
    public static ProxyServer start(
            ProxyConfig config, Swarm swarm, ProxyMeter meter, PeerEnvironment environment)
            throws IOException {
        OriginSettings settings =
                OriginSettings.defaults(config.variables()).withRules(config.origins());
        HttpForwarder forwarder = new HttpForwarder(settings);
        AtomicInteger ownPort = new AtomicInteger(-1);
        Upstreams upstreams = new Upstreams(config.allowed(), config.origins(), ownPort::get);
        Registries registries =
                new Registries(config.registries(), config.defaultRegistry(), upstreams);
        PassThrough passThrough = new PassThrough(forwarder, meter, config.bounds().upstream());
        HttpOrigin origin = new HttpOrigin(settings, environment.clock());
        SwarmAnswer swarmAnswer =
                new SwarmAnswer(
                        swarm,
                        new Rescue(origin, meter),
                        config.bounds(),
                        meter,
                        environment.nanoTime(),
                        environment.random());
        TokenService tokens =
                new TokenService(
                        registries,
                        forwarder,
                        passThrough,
                        meter,
                        upstreams,
                        config.bounds().upstream(),
                        environment.nanoTime());
        Mirror mirror = new Mirror(registries, tokens, swarmAnswer, passThrough, upstreams);
        Front front = new Front(mirror, tokens, meter);
        try {
            HttpServer server =
                    HttpServer.start(
                            settings(),
                            List.of(new Listen.Tcp(config.host(), config.port())),
                            front);
            ownPort.set(server.port().orElseThrow());
            LOG.info("Registry mirror and proxy on {}:{}", config.host(), ownPort.get());
            return new ProxyServer(List.of(forwarder, origin), front, server);
        } catch (IOException e) {
            forwarder.close();
            origin.close();
            throw e;
        }
    }

    private static HttpSettings settings() {
        return HttpSettings.DEFAULT
                .withMaxConnections(MAX_CONNECTIONS)
                .withStopTimeout(Duration.ofSeconds(3));
    }

    public int port() {
        return server.port().orElseThrow();
    }

    /// Requests that are being answered now.
    public int active() {
        return front.active();
    }

    /// Takes no more requests; those that run get a moment to end.
    @Override
    public void close() {
        server.close();
        for (Closeable client : clients) {
            try {
                client.close();
            } catch (IOException e) {
                LOG.warn("The proxy did not end cleanly: {}", e.getMessage());
            }
        }
    }
}
