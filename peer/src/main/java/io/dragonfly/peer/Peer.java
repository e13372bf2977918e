// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.SourceWait;
import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.TaskKey;
import io.dragonfly.core.model.VersionNaming;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.ProtocolVersion;
import io.dragonfly.net.control.ControlClient;
import io.dragonfly.net.control.ControlSettings;
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
import io.dragonfly.storage.DiskStore;
import io.dragonfly.storage.StoredVersion;
import io.dragonfly.storage.StreamMemory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// The engine. Thread-safe. Closing ends all downloads, tells the supernodes and syncs the store.
public final class Peer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

    private static final long WATCH_MILLIS = 250;

    /// Memory for contents that the disk has no room for: all of them, and each.
    private static final long STREAM_BYTES = 64 << 20;

    private static final long WINDOW_BYTES = 16 << 20;

    private final PeerConfig config;
    private final Engine engine;
    private final Links links;
    private final PieceServer server;
    private final PieceCounters counters;
    private final ControlClient control;
    private final Origins origins;
    private final ScheduledExecutorService timer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Running> running = new HashMap<>();
    private final AtomicLong nextId = new AtomicLong(1);
    private boolean closed;

    /// Of the timer's thread.
    private final Upkeep upkeep;

    /// Requests that share the work.
    private record Key(
            TaskId task, DownloadRequest.Pattern pattern, List<?> supernodes, boolean toSource) {}

    private static final class Running {
        final TaskDownload download;

        /// What each who is interested wants.
        final List<Wish> wishes = new ArrayList<>();

        Running(TaskDownload download) {
            this.download = download;
        }

        /// Shared work goes as fast as the one who allows most, and is as urgent as to whom it is
        /// most.
        void applyWishes() {
            long most = 0;
            boolean unlimited = false;
            TrafficClass traffic = TrafficClass.BACKGROUND;
            for (Wish wish : wishes) {
                most = Math.max(most, wish.bytesPerSecond());
                unlimited |= wish.bytesPerSecond() == 0;
                traffic = wish.traffic().compareTo(traffic) < 0 ? wish.traffic() : traffic;
            }
            download.limit(traffic, unlimited ? 0 : most);
        }
    }

    /// @param bytesPerSecond at most, 0 for no limit
    private record Wish(long bytesPerSecond, TrafficClass traffic) {}

    private record Parts(
            PieceClient pieces, Origins origins, DiskStore store, PieceCounters counters) {}

    private Peer(PeerConfig config, PeerEnvironment environment, Parts parts) throws IOException {
        this.config = config;
        this.counters = parts.counters();
        this.origins = parts.origins();
        this.upkeep = new Upkeep(parts.store(), config.home(), config.disk());
        this.control =
                new ControlClient(ControlSettings.DEFAULT, environment.nanoTime(), config.tls());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Shares shares = new Shares();
        this.engine =
                new Engine(
                        environment,
                        parts.store(),
                        parts.pieces(),
                        originReader(parts.origins(), environment),
                        threads,
                        Executors.newFixedThreadPool(
                                2, Thread.ofPlatform().daemon().name("hashing-", 0).factory()),
                        shares,
                        bytes -> parts.store().evict(bytes),
                        new StreamMemory(STREAM_BYTES, WINDOW_BYTES, environment.clock()),
                        new HostLimits(config.limits(), environment.nanoTime()),
                        SourceWait.Settings.DEFAULT);
        PeerId self = new PeerId(VersionNaming.randomHex(environment.random()));
        this.server =
                PieceServer.start(
                        config.listen(),
                        self,
                        shares,
                        PieceServerSettings.defaults()
                                .withUploadSlots(config.limits().uploadSlots()),
                        engine.limits().uploads(),
                        environment.nanoTime(),
                        counters,
                        config.shares() ? config.tls() : null);
        if (config.serves() && !config.shares()) {
            LOG.info("this host downloads and does not share: it has no TLS certificate");
        }
        this.timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("peer-timer").factory());
        this.links =
                new Links(
                        engine,
                        control,
                        () -> hello(self),
                        this::later,
                        new PrivateLink(config.tls() != null, config.plainCredentials()));
        var _ =
                timer.scheduleWithFixedDelay(
                        this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        threads.execute(this::connectEarly);
        HashWarmUp.start();
    }

    private static OriginReader originReader(Origins origins, PeerEnvironment environment) {
        return new OriginReader(
                origins,
                ReaderSettings.DEFAULT.withConnections(1),
                environment.random(),
                Sleeper.REAL,
                environment.nanoTime());
    }

    /// Opens the store below `config.home()/data`, starts the piece server.
    ///
    /// @throws IOException where the home is in use or the port is taken; the message is for users
    public static Peer start(PeerConfig config, PeerEnvironment environment) throws IOException {
        DiskStore store =
                DiskStore.open(
                        config.home().resolve("data"),
                        config.disk().settings(),
                        environment.clock());
        PieceCounters counters = new PieceCounters();
        OriginSettings settings = OriginSettings.defaults(environment.variables());
        Origins origins = Origins.load(settings.withRules(config.origins()));
        PieceClient pieces =
                new PieceClient(
                        PieceClientSettings.defaults(),
                        environment.nanoTime(),
                        counters,
                        config.tls());
        try {
            return new Peer(config, environment, new Parts(pieces, origins, store, counters));
        } catch (IOException e) {
            pieces.close();
            origins.close();
            store.close();
            throw e;
        }
    }

    private void later(long nanos, Runnable action) {
        try {
            var _ =
                    timer.schedule(
                            () -> engine.threads().execute(action), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the peer is closing");
        }
    }

    /// Connects before somebody waits for it. Where nobody answers, the first download says so.
    private void connectEarly() {
        for (HostPort supernode : config.supernodes()) {
            try {
                links.to(supernode).connect();
                return;
            } catch (IOException e) {
                LOG.info("supernode={} does not answer yet: {}", supernode, e.getMessage());
            }
        }
    }

    private FromPeer.Hello hello(PeerId self) {
        return new FromPeer.Hello(
                ProtocolVersion.MIN,
                ProtocolVersion.MAX,
                self.value(),
                config.hostname(),
                config.advertise(),
                config.shares() ? server.port() : 0,
                config.idc(),
                config.securityDomain(),
                config.hostGroup(),
                config.clusterToken(),
                "dragonfly/0.1");
    }

    /// Starts or joins a download. Returns at once; trouble shows in the status.
    public Download download(DownloadRequest asked) {
        DownloadRequest request = withDefaults(asked);
        TaskId task = TaskKey.of(request.spec());
        Key key = new Key(task, request.pattern(), request.supernodes(), request.backToSource());
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the peer is closed");
            }
            Running shared = running.get(key);
            if (shared == null || shared.download.status().ended()) {
                shared = new Running(new TaskDownload(engine, links, task, request));
                running.put(key, shared);
                engine.threads().execute(shared.download::run);
            }
            Wish wish = new Wish(request.bytesPerSecond(), request.traffic());
            shared.wishes.add(wish);
            shared.applyWishes();
            Running joined = shared;
            String id = Long.toString(nextId.getAndIncrement());
            return new DownloadHandle(
                    id, shared.download, engine::nanoTime, () -> closed(key, joined, wish));
        } finally {
            lock.unlock();
        }
    }

    private DownloadRequest withDefaults(DownloadRequest asked) {
        return asked.supernodes().isEmpty()
                ? new DownloadRequest(
                        asked.spec(),
                        config.supernodes(),
                        asked.pattern(),
                        asked.backToSource(),
                        asked.bytesPerSecond(),
                        asked.traffic())
                : asked;
    }

    private void closed(Key key, Running shared, Wish wish) {
        lock.lock();
        try {
            shared.wishes.remove(wish);
            if (!shared.wishes.isEmpty()) {
                shared.applyWishes();
                return;
            }
            running.remove(key, shared);
        } finally {
            lock.unlock();
        }
        shared.download.stop();
    }

    /// Snapshot of the downloads that somebody is interested in.
    public List<DownloadStatus> downloads() {
        lock.lock();
        try {
            return running.values().stream().map(r -> r.download.status()).toList();
        } finally {
            lock.unlock();
        }
    }

    /// Changes the host's limits from now on, for what runs, too.
    public void limits(PeerLimits limits) {
        engine.limits().change(limits);
        server.uploadSlots(limits.uploadSlots());
    }

    /// Port of the piece server.
    public int port() {
        return server.port();
    }

    /// What the piece server and client did so far.
    public PieceCounters counters() {
        return counters;
    }

    /// Versions in the store.
    public List<StoredVersion> versions() {
        return engine.store().versions();
    }

    private void watch() {
        try {
            long now = engine.environment().clock().millis();
            upkeep.tick(now);
            for (VersionSession session : links.sessions()) {
                session.tick();
                StoredVersion stored = session.stored();
                if (!stored.inUse() && upkeep.unused(stored.lastUsedMillis(), now)) {
                    session.leave();
                    links.forget(session);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("bug in the watch", e);
        }
    }

    @Override
    public void close() throws IOException {
        List<Running> all;
        lock.lock();
        try {
            closed = true;
            all = new ArrayList<>(running.values());
        } finally {
            lock.unlock();
        }
        all.forEach(r -> r.download.stop());
        timer.shutdown();
        links.close();
        links.sessions().forEach(links::forget);
        server.close();
        control.close();
        engine.pieces().close();
        engine.threads().close();
        engine.hashing().shutdown();
        origins.close();
        engine.store().close();
    }
}
