// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import io.dragonfly.net.tls.Tls;

import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// A running HTTP server: Jetty with a virtual thread per request and the limits of [HttpSettings].
/// It does not say what it is made of. Thread-safe.
public final class HttpServer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int ACCEPT_QUEUE = 1024;
    private static final Duration WATCHDOG_INTERVAL = Duration.ofSeconds(1);

    private final Server server;
    private final List<UnixSocket> sockets;
    private final ScheduledThreadPoolExecutor timer;

    private HttpServer(Server server, List<UnixSocket> sockets, ScheduledThreadPoolExecutor timer) {
        this.server = server;
        this.sockets = sockets;
        this.timer = timer;
    }

    /// Starts a server; when this returns, clients can connect.
    ///
    /// @param handlers asked in this order until one answers; a [Router] comes last
    /// @throws IOException where it cannot listen, with one line that says where and why
    public static HttpServer start(HttpSettings settings, List<Listen> places, Handler... handlers)
            throws IOException {
        return start(settings, places, HttpConnectionFactory::new, handlers);
    }

    /// The same with connections of another kind.
    ///
    /// @param protocol makes them; it may change the configuration
    public static HttpServer start(
            HttpSettings settings,
            List<Listen> places,
            Function<HttpConfiguration, HttpConnectionFactory> protocol,
            Handler... handlers)
            throws IOException {
        // 0: no limit on tasks. A limit would let long downloads keep short requests waiting; what
        // is
        // limited is the connections.
        VirtualThreadPool threads = new VirtualThreadPool(0);
        threads.setName("http");
        Server server = new Server(threads);
        server.setErrorHandler(new ProblemErrors());
        server.setStopTimeout(settings.stopTimeout().toMillis());
        HeaderWatchdog watchdog =
                new HeaderWatchdog(
                        new Handler.Sequence(handlers),
                        settings.headerTimeout().toNanos(),
                        System::nanoTime);
        GracefulHandler graceful = new GracefulHandler(watchdog);
        // Connections that wait between requests are closed soon after the stop has begun.
        graceful.setShutdownIdleTimeout(Math.min(1000, settings.stopTimeout().toMillis() / 2));
        server.setHandler(graceful);
        List<UnixSocket> sockets = new ArrayList<>();
        ScheduledThreadPoolExecutor timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("http-watchdog").factory());
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        HttpServer started = new HttpServer(server, sockets, timer);
        try {
            for (Listen place : places) {
                HttpConnectionFactory http = protocol.apply(configuration(settings));
                AbstractConnector connector = connector(server, http, place, sockets, watchdog);
                connector.setIdleTimeout(settings.idleTimeout().toMillis());
                connector.addEventListener(watchdog);
                server.addConnector(connector);
            }
            server.addBean(new NetworkConnectionLimit(settings.maxConnections(), server));
            server.start();
            for (UnixSocket socket : sockets) {
                socket.bound();
            }
        } catch (Exception e) {
            started.close();
            throw new IOException("cannot listen on " + named(places) + ": " + cause(e), e);
        }
        long interval =
                Math.min(WATCHDOG_INTERVAL.toNanos(), settings.headerTimeout().toNanos() / 2);
        var _ =
                timer.scheduleWithFixedDelay(
                        watchdog::sweep, interval, interval, TimeUnit.NANOSECONDS);
        return started;
    }

    private static AbstractConnector connector(
            Server server,
            HttpConnectionFactory http,
            Listen place,
            List<UnixSocket> sockets,
            HeaderWatchdog watchdog)
            throws IOException {
        return switch (place) {
            case Listen.Tcp tcp -> {
                Tls tls = tcp.tls();
                ServerConnector connector =
                        tls == null
                                ? new ServerConnector(server, 1, 1, http)
                                : new ServerConnector(
                                        server, 1, 1, TlsListener.before(http, tls, watchdog));
                connector.setHost(tcp.host());
                connector.setPort(tcp.port());
                connector.setAcceptQueueSize(ACCEPT_QUEUE);
                yield connector;
            }
            case Listen.Unix unix -> {
                UnixSocket socket = UnixSocket.prepare(unix);
                sockets.add(socket);
                UnixDomainServerConnector connector =
                        new UnixDomainServerConnector(server, 1, 1, http);
                connector.setUnixDomainPath(socket.path());
                connector.setAcceptQueueSize(ACCEPT_QUEUE);
                yield connector;
            }
        };
    }

    private static HttpConfiguration configuration(HttpSettings settings) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(settings.maxHeaderBytes());
        http.setResponseHeaderSize(settings.maxHeaderBytes());
        return http;
    }

    private static String named(List<Listen> places) {
        return String.join(" and ", places.stream().map(HttpServer::name).toList());
    }

    private static String name(Listen place) {
        return switch (place) {
            case Listen.Tcp(String host, int port, _) when host == null -> "port " + port;
            case Listen.Tcp(String host, int port, _) ->
                    (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
            case Listen.Unix(Path path, boolean _) -> path.toString();
        };
    }

    private static String cause(Throwable failure) {
        // Jetty says where, the system says why.
        Throwable root = failure;
        while (root.getCause() != null && !root.getCause().equals(root)) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    /// The port of the first TCP place; empty where there is none.
    public OptionalInt port() {
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof ServerConnector tcp) {
                return OptionalInt.of(tcp.getLocalPort());
            }
        }
        return OptionalInt.empty();
    }

    /// Takes no more requests, lets those that run finish within the stop timeout, and removes the
    /// files of its Unix sockets.
    @Override
    public void close() {
        timer.shutdown();
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("The HTTP server did not stop cleanly: {}", cause(e));
        }
        server.destroy();
        for (UnixSocket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.warn("Cannot remove {}: {}", socket.path(), e.getMessage());
            }
        }
    }
}
