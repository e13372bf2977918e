// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.VersionNaming;
import io.dragonfly.net.http.HttpServer;
import io.dragonfly.net.http.HttpSettings;
import io.dragonfly.net.http.Listen;
import io.dragonfly.origin.OriginSettings;
import io.dragonfly.origin.http.HttpForwarder;
import io.dragonfly.origin.http.HttpOrigin;
import io.dragonfly.peer.PeerEnvironment;

import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.jspecify.annotations.Nullable;
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

    private static final int MAX_CONNECTIONS = 1000;

    /// Known once it listens; a request that is quicker is none of a loop.
    private final AtomicInteger port = new AtomicInteger(-1);

    private final HttpForwarder forwarder;
    private final HttpOrigin origin;
    private final @Nullable Interception interception;
    private final Front front;
    private final HttpServer server;

    private ProxyServer(
            ProxyConfig config, Swarm swarm, ProxyMeter meter, PeerEnvironment environment)
            throws IOException {
        OriginSettings settings =
                OriginSettings.defaults(config.variables()).withRules(config.origins());
        Duration patience = config.bounds().upstream();
        forwarder = new HttpForwarder(settings);
        origin = new HttpOrigin(settings, environment.clock());
        Upstreams upstreams =
                new Upstreams(config.allowed(), config.registries(), config.origins(), port::get);
        Registries registries =
                new Registries(config.registries(), config.defaultRegistry(), upstreams);
        PassThrough passThrough = new PassThrough(forwarder, meter, patience);
        SwarmAnswer answers =
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
                        patience,
                        environment.nanoTime());
        front =
                new Front(
                        new Mirror(registries, tokens, answers, passThrough, upstreams),
                        tokens,
                        new ForwardProxy(
                                config.rules(),
                                config.registries(),
                                answers,
                                passThrough,
                                upstreams,
                                "dfdaemon-" + VersionNaming.randomHex(environment.random())),
                        meter);
        ProxyConfig.Reading reading = config.reading();
        if (reading != null && !reading.authority().end().isAfter(environment.clock().instant())) {
            closeClients(forwarder, origin);
            throw new IOException(
                    "the authority of --intercept-cert ended on "
                            + reading.authority().end()
                            + ": make another one with dfdaemon gen-ca");
        }
        interception = reading == null ? null : new Interception(reading, environment.clock());
        server =
                listen(
                        config,
                        new Tunnels(
                                front, upstreams, config.origins().guard(), interception, meter));
        port.set(server.port().orElseThrow());
    }

    /// Starts it; when this returns, clients can connect.
    ///
    /// @throws IOException where it cannot listen, with one line for users
    public static ProxyServer start(
            ProxyConfig config, Swarm swarm, ProxyMeter meter, PeerEnvironment environment)
            throws IOException {
        ProxyServer started = new ProxyServer(config, swarm, meter, environment);
        LOG.info("Registry mirror and proxy on {}:{}", config.host(), started.port());
        return started;
    }

    private HttpServer listen(ProxyConfig config, Tunnels tunnels) throws IOException {
        HttpSettings settings =
                HttpSettings.DEFAULT
                        .withMaxConnections(MAX_CONNECTIONS)
                        .withStopTimeout(Duration.ofSeconds(3));
        try {
            return HttpServer.start(
                    settings,
                    List.of(new Listen.Tcp(config.host(), config.port())),
                    ProxyServer::connections,
                    tunnels);
        } catch (IOException e) {
            closeClients(forwarder, origin);
            throw e;
        }
    }

    private static HttpConnectionFactory connections(HttpConfiguration configuration) {
        // What others send is sent on as it is: it is not for us to judge.
        configuration.setUriCompliance(UriCompliance.UNSAFE);
        configuration.setSendDateHeader(false);
        return new ProxyConnections(configuration);
    }

    public int port() {
        return port.get();
    }

    /// Requests that are being answered now.
    public int active() {
        return front.active();
    }

    /// Takes no more requests; those that run get a moment to end.
    @Override
    public void close() {
        server.close();
        closeClients(forwarder, origin);
        if (interception != null) {
            interception.close();
        }
    }

    private static void closeClients(HttpForwarder forwarder, HttpOrigin origin) {
        forwarder.close();
        origin.close();
    }
}
