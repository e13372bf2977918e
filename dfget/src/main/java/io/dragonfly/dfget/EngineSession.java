// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.NodeList;
import io.dragonfly.cli.Reason;
import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DaemonSocket;
import io.dragonfly.cli.daemon.DownloadReport;
import io.dragonfly.cli.engine.EngineMessages;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.peer.DiskUse;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.OnceHomes;
import io.dragonfly.peer.Peer;
import io.dragonfly.peer.PeerConfig;
import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.peer.PeerLimits;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// `--no-daemon`: the engine in this process, for this download only.
final class EngineSession implements DownloadSession {
    private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Peer peer;
    private final Download download;
    private final Path home;
    private final @Nullable Path once;
    private final AtomicBoolean closed = new AtomicBoolean();
    private boolean started;
    private long sequence = -1;

    private EngineSession(Peer peer, Download download, Path home, @Nullable Path once) {
        this.peer = peer;
        this.download = download;
        this.home = home;
        this.once = once;
    }

    static DownloadSession start(Job job, DfgetEnvironment environment) {
        // Without a logging library on the class path SLF4J complains; with one it would write to
        // our standard output.
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        DownloadRequest request;
        try {
            request = EngineMessages.request(job.order());
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, Objects.toString(e.getMessage()), e);
        }
        Path named = job.home();
        Path home = named != null ? named : DaemonSocket.userHome(environment.variables());
        home = home.toAbsolutePath();
        try {
            Peer peer = engine(home, job, environment, request);
            return new EngineSession(peer, peer.download(request), home, null);
        } catch (IOException e) {
            if (named != null) {
                throw cannotStart(e);
            }
        }
        // A daemon, or another of our kind, works in the user's home: this one takes one beside.
        try {
            OnceHomes.Started once =
                    OnceHomes.start(home, free -> engine(free, job, environment, request));
            Download download = once.peer().download(request);
            return new EngineSession(once.peer(), download, once.home(), once.home());
        } catch (IOException e) {
            throw cannotStart(e);
        }
    }

    private static CommandFailure cannotStart(IOException e) {
        return new CommandFailure(
                ExitCode.DAEMON_UNAVAILABLE, "cannot start the engine" + Reason.of(e), e);
    }

    private static Peer engine(
            Path home, Job job, DfgetEnvironment environment, DownloadRequest request)
            throws IOException {
        Alone alone = job.alone();
        long total = job.order().totalBytesPerSecond();
        Files.createDirectories(home);
        return Peer.start(
                new PeerConfig(
                        home,
                        List.of(NodeList.LOCAL),
                        null,
                        0,
                        null,
                        environment.variables().getOrDefault("HOSTNAME", "localhost"),
                        alone.hostGroup(),
                        alone.idc(),
                        alone.securityDomain(),
                        alone.cluster().token(),
                        PeerLimits.of(total, total),
                        request.pattern() == DownloadRequest.Pattern.P2P,
                        OriginRules.DEFAULT,
                        false,
                        tls(alone, environment),
                        DiskUse.DEFAULT),
                PeerEnvironment.system());
    }

    /// Reads the files that the options name.
    ///
    /// @throws CommandFailure where one cannot be used
    static void check(Alone alone, DfgetEnvironment environment) {
        alone.cluster().token();
        tls(alone, environment);
    }

    private static @Nullable Tls tls(Alone alone, DfgetEnvironment environment) {
        return alone.cluster()
                .peerTls((cert, key, ca) -> Tls.load(cert, key, ca, environment.nanoTime()));
    }

    @Override
    public @Nullable DaemonEvent next() throws IOException {
        if (!started) {
            started = true;
            long device = ((Number) Files.getAttribute(home, "unix:dev")).longValue();
            return new DaemonEvent.Started(download.id(), home.toString(), device);
        }
        DownloadStatus status = download.awaitChange(sequence, PROGRESS_NANOS);
        sequence = status.sequence();
        DownloadReport report = EngineMessages.report(status);
        return switch (status.phase()) {
            case REGISTERING, RUNNING, STREAMING -> new DaemonEvent.Progress(report);
            case DONE ->
                    new DaemonEvent.Done(
                            report, download.contentFile().map(Path::toString).orElse(""), null);
            case FAILED -> {
                DownloadStatus.Failure failure = Objects.requireNonNull(status.failure());
                yield new DaemonEvent.Failed(report, failure.code(), failure.message());
            }
        };
    }

    @Override
    public ReadableByteChannel content() throws IOException {
        return Channels.newChannel(download.open());
    }

    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        // What is not finished stays for the same command, for some time.
        boolean done = download.status().phase() == DownloadStatus.Phase.DONE;
        download.close();
        peer.close();
        if (once != null && done) {
            OnceHomes.clear(once);
        }
    }
}
