// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;

import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DownloadOrder;
import io.dragonfly.cli.daemon.DownloadReport;
import io.dragonfly.cli.engine.EngineMessages;
import io.dragonfly.net.http.Exchange;
import io.dragonfly.net.http.ProblemException;
import io.dragonfly.net.http.Router;
import io.dragonfly.origin.Network;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadStatus;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// `/v1/downloads`, for callers on the Unix socket, whom the kernel names.
final class DownloadRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(DownloadRoutes.class);
    private static final JsonFactory JSON = DaemonEvent.jsonFactory();
    private static final long HEAD_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int CHUNK = 256 << 10;

    /// `dfget -O - | less`: who reads content, and the events of the order beside it, may pause.
    private static final Duration READER_PAUSE = Duration.ofHours(12);

    private final Path home;
    private final DownloadTable table;
    private final Linger linger;
    private final DaemonMetrics metrics;
    private final boolean loopbackForAll;
    private final LongSupplier nanoTime;

    /// @param loopbackForAll whether all users may have this machine's own addresses read
    DownloadRoutes(
            Path home,
            DownloadTable table,
            Linger linger,
            DaemonMetrics metrics,
            boolean loopbackForAll,
            LongSupplier nanoTime) {
        this.home = home;
        this.table = table;
        this.linger = linger;
        this.metrics = metrics;
        this.loopbackForAll = loopbackForAll;
        this.nanoTime = nanoTime;
    }

    /// One line of `GET /v1/downloads`.
    record Listed(String id, String url, String owner, DownloadReport report) {}

    void addTo(Router router) {
        router.post("/v1/downloads", this::order)
                .get("/v1/downloads", this::list)
                .get("/v1/downloads/{id}", this::show)
                .get("/v1/downloads/{id}/content", this::content)
                .delete("/v1/downloads/{id}", this::cancel);
    }

    private void order(Exchange exchange) throws IOException, ProblemException {
        UserPrincipal caller = caller(exchange);
        DownloadOrder order = read(exchange.bytes());
        exchange.idleTimeout(READER_PAUSE);
        DownloadRequest request = request(order, caller);
        DownloadTable.Entry entry = table.start(request, caller);
        LOG.atInfo()
                .addKeyValue("id", entry.download().id())
                .addKeyValue("url", entry.url())
                .addKeyValue("user", caller.getName())
                .addKeyValue("caller", order.callSystem())
                .log("Download asked for");
        long start = nanoTime.getAsLong();
        boolean keep = false;
        try (OutputStream out = exchange.stream("application/x-ndjson")) {
            EventStream stream = new EventStream(table, entry, out, table.isSelf(caller), nanoTime);
            DownloadStatus status = stream.run(home);
            keep = status.phase() == DownloadStatus.Phase.DONE;
            log(entry, status, start);
        } catch (IOException e) {
            // The caller has left.
            log(entry, entry.download().status(), start);
            throw e;
        } finally {
            if (keep) {
                linger.endLater(entry);
            } else {
                table.end(entry);
            }
        }
    }

    private void log(DownloadTable.Entry entry, DownloadStatus status, long startNanos) {
        long nanos = nanoTime.getAsLong() - startNanos;
        DownloadStatus.Failure failure = status.failure();
        String result =
                switch (status.phase()) {
                    case DONE -> "done";
                    case FAILED -> Objects.requireNonNull(failure).code();
                    case REGISTERING, RUNNING, STREAMING -> "cancelled";
                };
        metrics.ended(result, status, nanos);
        LOG.atInfo()
                .addKeyValue("id", entry.download().id())
                .addKeyValue("result", result)
                .addKeyValue("bytes", status.verified())
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(nanos))
                .addKeyValue("peers", status.fromPeers())
                .addKeyValue("supernode", status.fromSupernode())
                .addKeyValue("origin", status.fromOrigin())
                .log(failure == null ? "Download ended" : failure.message());
    }

    private static DownloadOrder read(byte[] body) throws ProblemException {
        try (JsonParser json = JSON.createParser(body)) {
            DownloadOrder order = DownloadOrder.read(json);
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("something stands behind the JSON object");
            }
            return order;
        } catch (JsonProcessingException _) {
            // Its message repeats the body, which may hold credentials.
            throw new ProblemException(400, "usage", "the body is not JSON");
        } catch (IOException | IllegalArgumentException e) {
            throw new ProblemException(400, "usage", String.valueOf(e.getMessage()));
        }
    }

    private DownloadRequest request(DownloadOrder order, UserPrincipal caller)
            throws ProblemException {
        DownloadRequest request;
        try {
            request = EngineMessages.request(order);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "usage", String.valueOf(e.getMessage()));
        }
        String scheme = request.spec().url().getScheme();
        // The daemon reads files with its own rights: only its own user may make it do so.
        if (scheme.equalsIgnoreCase("file") && !table.isSelf(caller)) {
            throw new ProblemException(
                    403, "url-refused", "file: URLs are for the daemon's own user only");
        }
        // So are services that trust whoever comes from this machine.
        String host = String.valueOf(request.spec().url().getHost());
        if (!loopbackForAll && Network.isLoopback(bare(host)) && !table.isSelf(caller)) {
            throw new ProblemException(
                    403,
                    "url-refused",
                    "loopback addresses are for the daemon's own user only, or for all with"
                            + " --loopback-origins");
        }
        return request;
    }

    /// Without the brackets of an IPv6 address.
    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private void list(Exchange exchange) throws IOException, ProblemException {
        List<Listed> all = new ArrayList<>();
        for (DownloadTable.Entry entry : table.list(caller(exchange))) {
            all.add(listed(entry));
        }
        exchange.json(all);
    }

    private void show(Exchange exchange) throws IOException, ProblemException {
        exchange.json(listed(entry(exchange)));
    }

    private void cancel(Exchange exchange) throws IOException, ProblemException {
        table.cancel(entry(exchange));
        exchange.empty(204);
    }

    /// Bytes that were sent cannot be taken back: where the download fails midway the connection is
    /// cut, so that nobody takes the part for the whole.
    private void content(Exchange exchange) throws IOException, ProblemException {
        DownloadTable.Entry entry = entry(exchange);
        exchange.idleTimeout(READER_PAUSE);
        table.beginRead(entry);
        try {
            send(exchange, entry);
        } finally {
            table.endRead(entry);
        }
    }

    private void send(Exchange exchange, DownloadTable.Entry entry)
            throws IOException, ProblemException {
        Download download = entry.download();
        DownloadStatus status = awaitHead(entry);
        DownloadStatus.Failure failure = status.failure();
        if (failure != null) {
            throw new ProblemException(502, failure.code(), failure.message());
        }
        if (status.length() >= 0) {
            exchange.answerHeader("Content-Length", Long.toString(status.length()));
        }
        String type = status.contentType();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = download.open()) {
            OutputStream out = exchange.stream(type.isEmpty() ? "application/octet-stream" : type);
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                out.write(chunk, 0, count);
            }
            // Not in a finally: a clean end says that all is there.
            out.close();
        }
    }

    /// Waits until the length is known, or bytes come without one, or there will be none.
    private DownloadStatus awaitHead(DownloadTable.Entry entry) throws ProblemException {
        Download download = entry.download();
        DownloadStatus status = download.status();
        while (!status.ended() && status.length() < 0 && status.verified() == 0) {
            if (entry.cancelled() || table.stopping()) {
                throw new ProblemException(409, "cancelled", "the download was cancelled");
            }
            status = download.awaitChange(status.sequence(), HEAD_WAIT_NANOS);
        }
        return status;
    }

    private static Listed listed(DownloadTable.Entry entry) {
        return new Listed(
                entry.download().id(),
                entry.url(),
                entry.owner().getName(),
                EngineMessages.report(entry.download().status()));
    }

    private DownloadTable.Entry entry(Exchange exchange) throws ProblemException {
        return table.find(exchange.segment("id"), caller(exchange));
    }

    private static UserPrincipal caller(Exchange exchange) throws ProblemException {
        return exchange.peerUser()
                .orElseThrow(() ->
                        new ProblemException(
                                403, "not-permitted", "the caller's user is not known"));
    }
}
