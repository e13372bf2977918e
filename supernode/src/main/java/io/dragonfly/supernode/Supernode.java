// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.cli.Reload;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionNaming;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.scheduler.Scheduler;
import io.dragonfly.core.scheduler.SchedulerSettings;
import io.dragonfly.net.control.ControlServer;
import io.dragonfly.net.control.ControlSettings;
import io.dragonfly.net.http.HttpServer;
import io.dragonfly.net.http.Listen;
import io.dragonfly.net.piece.Parker;
import io.dragonfly.net.piece.PieceClient;
import io.dragonfly.net.piece.PieceClientSettings;
import io.dragonfly.net.piece.PieceCounters;
import io.dragonfly.net.piece.PieceServer;
import io.dragonfly.net.piece.PieceServerSettings;
import io.dragonfly.origin.OriginReader;
import io.dragonfly.origin.OriginSettings;
import io.dragonfly.origin.Origins;
import io.dragonfly.origin.ReaderSettings;
import io.dragonfly.origin.Sleeper;
import io.dragonfly.peer.HashWarmUp;
import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.peer.Shares;
import io.dragonfly.storage.DiskStore;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A running supernode: the composition root. Thread-safe; can be embedded.
public final class Supernode implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Supernode.class);

    /// An origin that says no is not asked again for so long.
    private static final Duration REFUSED_FOR = Duration.ofSeconds(5);

    private static final String SOFTWARE = "dragonfly/0.1";

    private final Parts parts;
    private final PeerEnvironment environment;
    private final SupernodeApi api;
    private final HttpServer http;
    private final PieceServer pieces;
    private final SeedLimits limits;

    /// Opens the store, starts the seed's piece server, then the API and the control streams.
    ///
    /// @throws IOException where the home is in use or a port is taken; the message is for users
    public static Supernode start(SupernodeConfig config, PeerEnvironment environment)
            throws IOException {
        Parts parts = new Parts();
        boolean started = false;
        try {
            Supernode supernode = new Supernode(config, environment, parts);
            started = true;
            return supernode;
        } finally {
            if (!started) {
                parts.close();
            }
        }
    }

    private Supernode(SupernodeConfig config, PeerEnvironment environment, Parts parts)
            throws IOException {
        this.parts = parts;
        this.environment = environment;
        this.limits = new SeedLimits(config.limits(), environment.nanoTime(), Parker.THREADS);
        Path data = config.home().resolve("data");
        DiskStore store =
                parts.add(DiskStore.open(data, config.disk().settings(), environment.clock()));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        parts.add(threads::close);
        PieceCounters counters = new PieceCounters();
        Shares shares = new Shares();
        pieces = parts.add(pieceServer(config, shares, counters));
        SwarmLoop loop =
                new SwarmLoop(
                        scheduler(config),
                        environment.nanoTime(),
                        SchedulerSettings.DEFAULTS.maxSwarms());
        SupernodeMetrics metrics = new SupernodeMetrics(loop, counters);
        SeedLibrary library =
                new SeedLibrary(
                        store,
                        originReader(config),
                        environment,
                        threads,
                        config.unvalidatedFor(),
                        REFUSED_FOR,
                        SeedLibrary.MAX_TASKS,
                        limits,
                        config.scopes(),
                        new SeedEvents(loop, metrics));
        ExecutorService hashing =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("seed-hashing").factory());
        parts.add(hashing::shutdown);
        loop.start(new SeedService(shares, library, hashing));
        parts.add(loop::close);
        ControlServer control = parts.add(controlServer(config, loop, library, metrics, threads));
        api =
                new SupernodeApi(
                        library,
                        loop,
                        new Preheats(library, threads),
                        metrics,
                        SOFTWARE,
                        new ApiAccess(config.apiToken()));
        http =
                parts.add(
                        api.serve(
                                new Listen.Tcp(config.bind(), config.port(), config.tls()),
                                control));
        // The control streams end before the server that carries them, or it would wait for them.
        parts.closeFirst(control);
        parts.add(library);
        keepTidy(loop, library, config.disk().unusedFor().toMillis());
        HashWarmUp.start();
        LOG.info("ready port={} piecePort={} home={}", port(), pieces.port(), config.home());
    }

    private Scheduler scheduler(SupernodeConfig config) {
        SchedulerSettings settings = SchedulerSettings.DEFAULTS.withSlots(4, 4, config.seedSlots());
        return new Scheduler(settings, environment.random());
    }

    private PieceServer pieceServer(SupernodeConfig config, Shares shares, PieceCounters counters)
            throws IOException {
        return PieceServer.start(
                address(config, config.piecePort()),
                PeerId.SEED,
                shares,
                PieceServerSettings.defaults()
                        .withUploadSlots(0)
                        .withMaxConnections(config.connections().pieces()),
                limits.uploads(),
                environment.nanoTime(),
                counters,
                config.tls());
    }

    private OriginReader originReader(SupernodeConfig config) {
        Origins origins = parts.add(Origins.load(originSettings(config, environment)));
        return new OriginReader(
                origins,
                ReaderSettings.DEFAULT.withConnections(config.originConnections()),
                environment.random(),
                Sleeper.REAL,
                environment.nanoTime());
    }

    private ControlServer controlServer(
            SupernodeConfig config,
            SwarmLoop loop,
            SeedLibrary library,
            SupernodeMetrics metrics,
            ExecutorService threads) {
        PieceClient dialler =
                parts.add(
                        new PieceClient(
                                PieceClientSettings.defaults(),
                                environment.nanoTime(),
                                new PieceCounters(),
                                config.tls()));
        ControlListener listener =
                new ControlListener(
                        config,
                        VersionNaming.randomHex(environment.random()),
                        loop,
                        library,
                        metrics,
                        dialler,
                        threads,
                        limits.uploads(),
                        pieces.port());
        return new ControlServer(ControlSettings.DEFAULT, listener, environment.nanoTime());
    }

    /// @param unusedMillis a version that nobody wants or serves for so long leaves the memory; the
    ///   disk keeps it
    private void keepTidy(SwarmLoop loop, SeedLibrary library, long unusedMillis) {
        ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("supernode-timer").factory());
        parts.add(timer::shutdown);
        var _ =
                timer.scheduleWithFixedDelay(
                        () -> tidyUp(loop, library, unusedMillis), 15, 15, TimeUnit.SECONDS);
    }

    private void tidyUp(SwarmLoop loop, SeedLibrary library, long unusedMillis) {
        library.keepTidy();
        long unusedSince = environment.clock().millis() - unusedMillis;
        loop.post(() -> loop.closeUnused(unusedSince));
    }

    private static InetSocketAddress address(SupernodeConfig config, int port) {
        return config.bind() == null
                ? new InetSocketAddress(port)
                : new InetSocketAddress(config.bind(), port);
    }

    private static OriginSettings originSettings(
            SupernodeConfig config, PeerEnvironment environment) {
        return new OriginSettings(
                        config.fileRoots(),
                        environment.variables(),
                        Duration.ofSeconds(10),
                        OriginSettings.IDLE,
                        SOFTWARE)
                .withRules(config.origins())
                .withMaxConnections(config.connections().perOrigin());
    }

    /// Changes the limits and the API's token from now on, for what runs, too.
    ///
    /// @param apiToken null: callers from elsewhere can change nothing
    public void change(SupernodeLimits newLimits, @Nullable String apiToken) {
        limits.change(newLimits);
        api.token(apiToken);
    }

    /// What the API calls to have the configuration read anew.
    public void reloadBy(Supplier<Reload.Outcome> reload) {
        api.reloadBy(reload);
    }

    /// Port of the API and the control streams.
    public int port() {
        return http.port().orElseThrow();
    }

    /// What the API serves.
    List<String> routes() {
        return api.routes();
    }

    /// Peers in the swarms of all versions.
    int members() {
        return api.members();
    }

    /// Port of the seed's piece server.
    public int piecePort() {
        return pieces.port();
    }

    @Override
    public void close() {
        parts.close();
    }

    /// What the seed reads, on its way to the swarms and to the piece server.
    private record SeedEvents(SwarmLoop loop, SupernodeMetrics metrics)
            implements SeedLibrary.Listener {
        @Override
        public void opened(SeedTask task, SeedVersion version) {
            loop.post(() -> loop.open(version));
        }

        @Override
        public void block(SeedVersion version, int block, int bytes, Sha256 digest) {
            metrics.originBytes.add(bytes);
            loop.post(() -> loop.blockRead(version, block, digest));
        }

        @Override
        public void length(SeedVersion version, long length) {
            loop.post(() -> loop.lengthKnown(version, length));
        }

        @Override
        public void begun(SeedVersion version) {
            metrics.originReadings.increment();
        }

        @Override
        public void ended(SeedVersion version, String code, String message) {
            metrics.originFailures.increment();
            FromSupernode.Ended ended =
                    new FromSupernode.Ended(version.version().id().hex(), code, message, false);
            loop.post(() -> loop.ended(version, ended));
        }
    }
}
