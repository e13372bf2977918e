// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.Reload;
import io.dragonfly.cli.VersionText;
import io.dragonfly.cli.daemon.DownloadOrder;
import io.dragonfly.cli.engine.StartFailure;
import io.dragonfly.cli.logging.DaemonLogging;
import io.dragonfly.net.http.Exchange;
import io.dragonfly.net.http.HttpServer;
import io.dragonfly.net.http.HttpSettings;
import io.dragonfly.net.http.Listen;
import io.dragonfly.net.http.ProblemException;
import io.dragonfly.net.http.Router;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.peer.Peer;
import io.dragonfly.peer.PeerConfig;
import io.dragonfly.proxy.ProxyServer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// A running daemon: the parts and how they hang together. Thread-safe.
public final class Dfdaemon implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Dfdaemon.class);
    private static final Duration LOCK_WAIT = Duration.ofSeconds(10);
    private static final Duration LINGER = Duration.ofSeconds(30);
    private static final Duration MAX_IDLE_CHECK = Duration.ofSeconds(10);

    private static final int MAX_CONNECTIONS = 5000;

    private final HomeLock homeLock;
    private final Engine engine;
    private final DownloadTable table;
    private final Linger linger;
    private final LongSupplier nanoTime;
    private final List<HttpServer> servers = new ArrayList<>();
    private final CountDownLatch idle = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final DaemonMetrics metrics = new DaemonMetrics();
    private volatile @Nullable ProxyServer proxy;
    private volatile @Nullable Supplier<Reload.Outcome> reload;

    private record Health(String status) {}

    private record About(String version) {}

    private Dfdaemon(
            HomeLock homeLock,
            Engine engine,
            DownloadTable table,
            Duration lingerTime,
            LongSupplier nanoTime) {
        this.homeLock = homeLock;
        this.engine = engine;
        this.table = table;
        this.nanoTime = nanoTime;
        this.linger = new Linger(table, lingerTime);
    }

    /// Starts everything; when this returns, clients can connect.
    ///
    /// @throws CommandFailure with one line where that is not possible
    public static Dfdaemon start(DfdaemonConfig config, DaemonEnvironment environment) {
        HomeLock homeLock = HomeLock.acquire(config.home(), config.listening().socket(), LOCK_WAIT);
        DaemonLogging.start(
                config.logging().format(),
                config.logging().console() ? null : config.logFile(),
                config.logging().verbose());
        LOG.info("dfdaemon {} starts in {}", VersionText.version(), config.home());
        Engine engine = null;
        try {
            engine = new PeerEngine(Peer.start(peerConfig(config), environment.peer()));
            Dfdaemon daemon = start(config, homeLock, engine, LINGER, environment.nanoTime());
            try {
                daemon.startProxy(config.proxy(), environment);
                return daemon;
            } catch (IOException e) {
                daemon.close();
                throw e;
            }
        } catch (IOException e) {
            release(homeLock, engine);
            throw StartFailure.of(e);
        } catch (RuntimeException e) {
            release(homeLock, engine);
            throw e;
        }
    }

    /// The same with a given engine, which it owns from now on.
    static Dfdaemon start(
            DfdaemonConfig config,
            HomeLock homeLock,
            Engine engine,
            Duration lingerTime,
            LongSupplier nanoTime) {
        try {
            UserPrincipal self = Places.self();
            DownloadTable table =
                    new DownloadTable(engine, config.downloads(), self, Places.root());
            Dfdaemon daemon = new Dfdaemon(homeLock, engine, table, lingerTime, nanoTime);
            try {
                daemon.listen(config);
            } catch (IOException e) {
                daemon.closeServers();
                daemon.linger.close();
                throw e;
            }
            daemon.watchIdle(config.idleExit());
            return daemon;
        } catch (IOException e) {
            throw StartFailure.of(e);
        }
    }

    private void listen(DfdaemonConfig config) throws IOException {
        HttpSettings settings =
                HttpSettings.DEFAULT
                        .withMaxBodyBytes(DownloadOrder.MAX_BYTES)
                        .withMaxConnections(MAX_CONNECTIONS)
                        .withStopTimeout(Duration.ofSeconds(3));
        metrics.observe(table, engine);
        Router local = about(new Router(settings), metrics);
        boolean loopback = config.origins().loopback() == OriginRules.Loopback.ANY;
        new DownloadRoutes(config.home(), table, linger, metrics, loopback, nanoTime).addTo(local);
        local.post("/v1/reload", this::reload);
        DfdaemonConfig.Listening listening = config.listening();
        Listen unix = new Listen.Unix(listening.socket(), listening.everyone());
        servers.add(HttpServer.start(settings, List.of(unix), local));
        LOG.info("Listening on {}", listening.socket());
        if (listening.httpPort() >= 0) {
            Listen tcp = new Listen.Tcp(listening.httpHost(), listening.httpPort());
            Router open = about(new Router(HttpSettings.DEFAULT), metrics);
            servers.add(HttpServer.start(HttpSettings.DEFAULT, List.of(tcp), open));
            LOG.info("Metrics on {}:{}", listening.httpHost(), httpPort().orElse(0));
        }
    }

    /// Whoever did not ask for the proxy can do without it, where somebody else has its port.
    private void startProxy(DfdaemonConfig.@Nullable Proxying wanted, DaemonEnvironment environment)
            throws IOException {
        if (wanted == null) {
            return;
        }
        try {
            proxy =
                    ProxyServer.start(
                            wanted.config(), engine::download, metrics.proxy(), environment.peer());
        } catch (IOException e) {
            if (wanted.required()) {
                throw e;
            }
            LOG.warn("No registry mirror and proxy: {}", e.getMessage());
        }
    }

    /// Port of the registry mirror and proxy; empty where there is none.
    OptionalInt proxyPort() {
        ProxyServer running = proxy;
        return running == null ? OptionalInt.empty() : OptionalInt.of(running.port());
    }

    private boolean proxyIsBusy() {
        ProxyServer running = proxy;
        return running != null && running.active() > 0;
    }

    /// For the daemon's own user and root.
    private void reload(Exchange exchange) throws IOException, ProblemException {
        if (exchange.peerUser().filter(table::isTrusted).isEmpty()) {
            throw new ProblemException(
                    403, "not-permitted", "only the daemon's own user and root may do this");
        }
        Supplier<Reload.Outcome> how = reload;
        if (how == null) {
            throw new ProblemException(
                    409, "not-reloadable", "this daemon was started without a configuration");
        }
        try {
            exchange.json(how.get());
        } catch (CommandFailure e) {
            throw new ProblemException(400, "bad-config", String.valueOf(e.getMessage()));
        }
    }

    /// What reads the configuration anew, for the API.
    void reloadBy(Supplier<Reload.Outcome> how) {
        reload = how;
    }

    /// Applies what can be changed while the daemon runs: [LimitOptions#LIVE].
    void change(DfdaemonConfig config) {
        table.limit(config.downloads());
        engine.limits(config.limits());
    }

    /// What everybody may see.
    private static Router about(Router router, DaemonMetrics metrics) {
        return router.get("/v1/health", exchange -> exchange.json(new Health("ok")))
                .get("/v1/version", exchange -> exchange.json(new About(VersionText.version())))
                .get("/metrics", (Exchange e) -> e.send(metrics.contentType(), metrics.text()));
    }

    private void watchIdle(Duration limit) {
        if (limit.isZero()) {
            return;
        }
        Duration quarter = limit.dividedBy(4).plusMillis(1);
        Duration interval = quarter.compareTo(MAX_IDLE_CHECK) < 0 ? quarter : MAX_IDLE_CHECK;
        IdleClock clock = new IdleClock(limit.toNanos(), nanoTime.getAsLong());
        linger.every(
                interval,
                () -> {
                    boolean busy = !table.isEmpty() || proxyIsBusy();
                    if (clock.update(busy, engine.servedBytes(), nanoTime.getAsLong())
                            && table.stopIfIdle()) {
                        LOG.info("Idle for {}: leaving", limit);
                        idle.countDown();
                    }
                });
    }

    /// Port of the metrics; empty where there is none.
    OptionalInt httpPort() {
        for (HttpServer server : servers) {
            if (server.port().isPresent()) {
                return server.port();
            }
        }
        return OptionalInt.empty();
    }

    /// Blocks until the daemon has been idle for long enough, or is closed.
    public void awaitIdle() {
        try {
            idle.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        }
    }

    /// Takes no more orders, ends what runs (it can go on later), and leaves the home to others.
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        table.stop();
        closeServers();
        linger.close();
        release(homeLock, engine);
        LOG.info("dfdaemon ended");
        idle.countDown();
    }

    private void closeServers() {
        ProxyServer running = proxy;
        if (running != null) {
            running.close();
        }
        for (HttpServer server : servers) {
            server.close();
        }
    }

    private static void release(HomeLock homeLock, @Nullable Engine engine) {
        try (homeLock) {
            if (engine != null) {
                engine.close();
            }
        } catch (IOException e) {
            LOG.warn("The engine did not end cleanly: {}", e.getMessage());
        }
    }

    private static PeerConfig peerConfig(DfdaemonConfig config) {
        DfdaemonConfig.Identity peer = config.peer();
        return new PeerConfig(
                config.home(),
                new SupernodeCache(config.home()).resolve(config.nodes()),
                peer.bind(),
                peer.port(),
                peer.advertise(),
                peer.hostname(),
                peer.hostGroup(),
                peer.idc(),
                peer.securityDomain(),
                config.clusterToken(),
                config.limits(),
                true,
                config.origins(),
                config.plainCredentials(),
                config.tls(),
                config.disk());
    }
}
