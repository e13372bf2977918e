// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DownloadReport;
import io.dragonfly.cli.engine.EngineMessages;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadStatus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Tells one caller how his download goes, until it ends or he leaves. At most five lines a second,
/// at least one: the only way to notice that a caller has left is to write to him.
final class EventStream {
    private static final long MIN_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long MAX_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// Between two looks at a download that changes all the time.
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final JsonFactory JSON = DaemonEvent.jsonFactory();

    private final DownloadTable table;
    private final DownloadTable.Entry entry;
    private final OutputStream out;
    private final boolean self;
    private final LongSupplier nanoTime;

    /// @param self whether the caller may have the path of the content
    EventStream(
            DownloadTable table,
            DownloadTable.Entry entry,
            OutputStream out,
            boolean self,
            LongSupplier nanoTime) {
        this.table = table;
        this.entry = entry;
        this.out = out;
        this.self = self;
        this.nanoTime = nanoTime;
    }

    /// @return the last status
    /// @throws IOException where the caller has left
    DownloadStatus run(Path home) throws IOException {
        Download download = entry.download();
        long device = self ? device(home) : 0;
        write(new DaemonEvent.Started(download.id(), self ? home.toString() : "", device));
        DownloadStatus status = download.status();
        while (!isOver(status)) {
            write(new DaemonEvent.Progress(EngineMessages.report(status)));
            status = awaitNext(download, status);
        }
        write(last(download, status));
        return status;
    }

    private DownloadStatus awaitNext(Download download, DownloadStatus told) {
        long start = nanoTime.getAsLong();
        DownloadStatus status = download.awaitChange(told.sequence(), MAX_INTERVAL_NANOS);
        while (!isOver(status) && nanoTime.getAsLong() - start < MIN_INTERVAL_NANOS) {
            LockSupport.parkNanos(PACE_NANOS);
            long left = MIN_INTERVAL_NANOS - (nanoTime.getAsLong() - start);
            status = download.awaitChange(status.sequence(), Math.max(1, left));
        }
        return status;
    }

    private boolean isOver(DownloadStatus status) {
        return status.ended() || entry.cancelled() || table.stopping();
    }

    private DaemonEvent last(Download download, DownloadStatus status) {
        DownloadReport report = EngineMessages.report(status);
        return switch (status.phase()) {
            case DONE -> done(download, report);
            case FAILED -> {
                DownloadStatus.Failure failure = Objects.requireNonNull(status.failure());
                yield failed(report, failure.code(), failure.message());
            }
            case REGISTERING, RUNNING, STREAMING ->
                    entry.cancelled()
                            ? failed(
                                    report,
                                    ExitCode.CANCELLED.word(),
                                    "the download was cancelled through the daemon's API")
                            : failed(
                                    report,
                                    ExitCode.DAEMON_UNAVAILABLE.word(),
                                    "dfdaemon is stopping; the same command goes on from here");
        };
    }

    private DaemonEvent done(Download download, DownloadReport report) {
        String content = null;
        try {
            if (report.length() <= DaemonEvent.MAX_INLINE_BYTES) {
                try (InputStream in = download.open()) {
                    content = Base64.getEncoder().encodeToString(in.readAllBytes());
                }
            }
        } catch (IOException e) {
            return failed(
                    report,
                    ExitCode.FAILED.word(),
                    "the content cannot be read: " + e.getMessage());
        }
        String file = self ? download.contentFile().map(Path::toString).orElse("") : "";
        return new DaemonEvent.Done(report, file, content);
    }

    private static DaemonEvent failed(DownloadReport report, String code, String message) {
        return new DaemonEvent.Failed(report, code, message);
    }

    private static long device(Path home) throws IOException {
        return ((Number) java.nio.file.Files.getAttribute(home, "unix:dev")).longValue();
    }

    private void write(DaemonEvent event) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            DaemonEvent.write(json, event);
        }
        line.write('\n');
        out.write(line.toByteArray());
        out.flush();
    }
}
