// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.Reason;
import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DaemonSocket;
import io.dragonfly.cli.daemon.DownloadOrder;
import io.dragonfly.cli.daemon.DownloadReport;
import io.dragonfly.cli.engine.EngineMessages;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.Peer;
import io.dragonfly.peer.PeerConfig;
import io.dragonfly.peer.PeerEnvironment;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// `--no-daemon`: the engine in this process, for this download only.
final class EngineSession implements DownloadSession {
    private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Peer peer;
    private final Download download;
    private final Path home;
    private boolean started;
    private long sequence = -1;

    private EngineSession(Peer peer, Download download, Path home) {
        this.peer = peer;
        this.download = download;
        this.home = home;
    }

    static DownloadSession start(Job job, DfgetEnvironment environment) {
        // Without a logging library on the class path SLF4J complains; with one it would write to
        // our
        // standard output.
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        Path home = job.home();
        if (home == null) {
            home = DaemonSocket.userHome(environment.variables());
        }
        DownloadRequest request;
        try {
            request = EngineMessages.request(job.order());
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, Objects.toString(e.getMessage()), e);
        }
        Peer peer = engine(home.toAbsolutePath(), job.order(), environment, request);
        return new EngineSession(peer, peer.download(request), home.toAbsolutePath());
    }

    private static Peer engine(
            Path home, DownloadOrder order, DfgetEnvironment environment, DownloadRequest request) {
        String hostname = environment.variables().getOrDefault("HOSTNAME", "localhost");
        try {
            Files.createDirectories(home);
            return Peer.start(
                    new PeerConfig(
                            home,
                            request.supernodes(),
                            null,
                            0,
                            null,
                            hostname,
                            "",
                            "",
                            "",
                            null,
                            order.totalBytesPerSecond(),
                            order.totalBytesPerSecond(),
                            request.pattern() == DownloadRequest.Pattern.P2P),
                    PeerEnvironment.system());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.DAEMON_UNAVAILABLE,
                    "cannot work in " + home + Reason.of(e) + " (name another --home)",
                    e);
        }
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
            case REGISTERING, RUNNING -> new DaemonEvent.Progress(report);
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
        download.close();
        peer.close();
    }
}
