// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.DownloadStatus.Phase;

import org.eclipse.jetty.http.HttpFields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Answers GET requests with contents from the swarm, in order, while they arrive. Thread-safe.
final class SwarmAnswer {
    private static final Logger LOG = LoggerFactory.getLogger(SwarmAnswer.class);
    private static final int CHUNK = 64 << 10;

    private final Swarm swarm;
    private final Rescue rescue;
    private final Bounds bounds;
    private final Semaphore streams;
    private final ProxyMeter meter;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;

    /// What a client wants.
    ///
    /// @param headers of the answer, besides those that follow from the content
    record Wanted(TaskSpec spec, HttpFields headers) {}

    SwarmAnswer(
            Swarm swarm,
            Rescue rescue,
            Bounds bounds,
            ProxyMeter meter,
            LongSupplier nanoTime,
            RandomGenerator random) {
        this.swarm = swarm;
        this.rescue = rescue;
        this.bounds = bounds;
        this.streams = new Semaphore(bounds.streams());
        this.meter = meter;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    /// Answers, unless the swarm cannot give a first byte.
    ///
    /// @return whether the request was answered; if not, nothing was sent
    /// @throws IOException where the answer broke off midway
    boolean answer(ClientExchange exchange, Wanted wanted) throws IOException {
        if (!streams.tryAcquire()) {
            LOG.info("{} contents come already: not through the swarm", bounds.streams());
            return false;
        }
        try {
            return download(exchange, wanted);
        } finally {
            streams.release();
        }
    }

    private boolean download(ClientExchange exchange, Wanted wanted) throws IOException {
        // Back-to-source is for whoever waits for the whole file; here the upstream's own answer is
        // better than the engine's reading.
        DownloadRequest request =
                new DownloadRequest(
                        wanted.spec(), List.of(), DownloadRequest.Pattern.P2P, false, 0);
        Download download = swarm.download(request);
        try {
            DownloadStatus status = awaitBegin(download);
            if (status.length() < 0 || status.phase() == Phase.FAILED) {
                LOG.debug("no answer from the swarm for {}: {}", wanted.spec(), why(status));
                return false;
            }
            return send(exchange, wanted, download, status);
        } finally {
            meter.ended(download.status());
            download.close();
        }
    }

    private static String why(DownloadStatus status) {
        DownloadStatus.Failure failure = status.failure();
        return failure == null ? "no answer in time" : failure.message();
    }

    /// Waits until the content is known, or clearly will not be soon.
    private DownloadStatus awaitBegin(Download download) {
        long end = nanoTime.getAsLong() + bounds.begin().toNanos();
        DownloadStatus status = download.status();
        while (!status.ended() && status.length() < 0 && !waits(status)) {
            long left = end - nanoTime.getAsLong();
            if (left <= 0) {
                return status;
            }
            status = download.awaitChange(status.sequence(), left);
        }
        return status;
    }

    /// Whether the engine waits for a supernode to come back, or for its turn.
    private static boolean waits(DownloadStatus status) {
        return status.waitedMillis().containsKey("supernode")
                || status.waitedMillis().containsKey("turn at the origin");
    }

    private long stallNanos() {
        long least = bounds.stall().toNanos();
        return least + random.nextLong(least + 1);
    }

    private boolean send(
            ClientExchange exchange, Wanted wanted, Download download, DownloadStatus status)
            throws IOException {
        Optional<ByteRange.Part> part = part(exchange, wanted, status);
        if (part.isEmpty()) {
            HttpFields.Mutable headers = HttpFields.build(wanted.headers());
            headers.put("Content-Range", "bytes */" + status.length());
            headers.put("Content-Length", 0);
            exchange.begin(416, headers);
            exchange.write(new byte[0], 0, true);
            exchange.answered(ProxyMeter.Answer.SWARM);
            return true;
        }
        ByteRange.Part bytes = part.get();
        try (InputStream in = download.open(bytes.first(), stallNanos())) {
            byte[] chunk = new byte[(int) Math.min(CHUNK, Math.max(1, bytes.length()))];
            int count;
            try {
                count = in.read(chunk);
            } catch (IOException e) {
                LOG.info("no first byte of {}: {}", wanted.spec(), e.getMessage());
                return false;
            }
            begin(exchange, wanted, status, bytes);
            exchange.firstByte(ProxyMeter.Answer.SWARM);
            long position = bytes.first();
            try {
                while (position < bytes.end()) {
                    if (count < 0) {
                        throw new IOException("the content ended too early");
                    }
                    int use = (int) Math.min(count, bytes.end() - position);
                    exchange.write(chunk, use, position + use == bytes.end());
                    position += use;
                    meter.bytes(false, use);
                    count = position < bytes.end() ? in.read(chunk) : 0;
                }
            } catch (ClientGoneException e) {
                throw e;
            } catch (IOException e) {
                LOG.info("{} broke off at {}: {}", wanted.spec(), position, e.getMessage());
                rescue.finish(
                        exchange,
                        download,
                        new Rescue.Rest(wanted.spec(), status, bytes, position));
                return true;
            }
            if (bytes.length() == 0) {
                exchange.write(chunk, 0, true);
            }
            exchange.answered(ProxyMeter.Answer.SWARM);
            return true;
        }
    }

    /// The bytes that are asked for; empty where the content has none of them.
    private static Optional<ByteRange.Part> part(
            ClientExchange exchange, Wanted wanted, DownloadStatus status) {
        ByteRange.Part all = new ByteRange.Part(0, status.length());
        String header = exchange.headers().get("Range");
        Optional<ByteRange> range = header == null ? Optional.empty() : ByteRange.parse(header);
        if (range.isEmpty() || !sameVersion(exchange, wanted, status)) {
            return Optional.of(all);
        }
        return range.get().of(status.length());
    }

    /// Whether the content is the one that `If-Range` names.
    private static boolean sameVersion(
            ClientExchange exchange, Wanted wanted, DownloadStatus status) {
        String asked = exchange.headers().get("If-Range");
        if (asked == null) {
            return true;
        }
        boolean digest =
                wanted.spec().digest() != null
                        && asked.equals("\"" + wanted.spec().digest() + "\"");
        boolean etag = asked.startsWith("\"") && asked.equals(status.etag());
        return digest || etag || (!asked.isEmpty() && asked.equals(status.lastModified()));
    }

    private static void begin(
            ClientExchange exchange, Wanted wanted, DownloadStatus status, ByteRange.Part bytes) {
        HttpFields.Mutable headers = HttpFields.build(wanted.headers());
        String type = status.contentType();
        headers.put("Content-Type", type.isEmpty() ? "application/octet-stream" : type);
        headers.put("Content-Length", bytes.length());
        headers.put("Accept-Ranges", "bytes");
        if (!status.etag().isEmpty()) {
            headers.put("ETag", status.etag());
        }
        if (!status.lastModified().isEmpty()) {
            headers.put("Last-Modified", status.lastModified());
        }
        boolean whole = bytes.length() == status.length();
        if (!whole) {
            headers.put(
                    "Content-Range",
                    "bytes %d-%d/%d".formatted(bytes.first(), bytes.end() - 1, status.length()));
        }
        exchange.begin(whole ? 200 : 206, headers);
    }
}
