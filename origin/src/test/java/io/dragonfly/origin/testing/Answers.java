// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/// Ways to answer, from honest to malicious. All keep the connection open unless they say
/// otherwise.
public final class Answers {
    private Answers() {}

    /// As RFC 9110 wants it: ranges, If-Range, conditions, 416.
    public static Behaviour honest(Content content) {
        return (request, wire) -> {
            boolean etagMatches =
                    !content.etag().isEmpty()
                            && request.header("If-None-Match").contains(content.etag());
            boolean dateMatches =
                    !request.has("If-None-Match")
                            && !content.lastModified().isEmpty()
                            && request.header("If-Modified-Since").equals(content.lastModified());
            boolean rangeHolds =
                    !request.has("If-Range") || request.header("If-Range").equals(content.etag());
            if (etagMatches || dateMatches) {
                wire.head(lines(content, "HTTP/1.1 304 Not Modified"));
            } else if (request.range().isPresent() && rangeHolds) {
                part(content, request, wire);
            } else {
                whole(content, wire);
            }
        };
    }

    /// Always 200 with everything.
    public static Behaviour ignoringRange(Content content) {
        return (_, wire) -> whole(content, wire);
    }

    /// Promises everything, sends `bytes` of the body and closes in an orderly way.
    public static Behaviour truncating(Content content, long bytes) {
        return cut(content, bytes, Wire::close);
    }

    /// Promises everything, sends `bytes` of the body and resets the connection.
    public static Behaviour resetting(Content content, long bytes) {
        return cut(content, bytes, Wire::reset);
    }

    /// Promises everything, sends `bytes` of the body and resets the connection once `signal` came.
    public static Behaviour waiting(Content content, long bytes, CountDownLatch signal) {
        return cut(
                content,
                bytes,
                wire -> {
                    try {
                        signal.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("nobody interrupts here", e);
                    }
                    wire.reset();
                });
    }

    /// Promises everything, sends `bytes` of the body and then nothing.
    public static Behaviour stalling(Content content, long bytes) {
        return cut(content, bytes, Wire::stall);
    }

    /// Sends `bytes` of the body at once and the rest one byte at a time.
    public static Behaviour dripping(Content content, int bytes, long pauseMillis) {
        return cut(
                content,
                bytes,
                wire -> wire.drip(content.bytes(), bytes, content.bytes().length, pauseMillis));
    }

    /// Content-Length is `difference` more than what the body has; then the connection is closed.
    public static Behaviour wrongLength(Content content, int difference) {
        return (_, wire) -> {
            int length = content.bytes().length;
            wire.head(
                    lines(
                            content,
                            "HTTP/1.1 200 OK",
                            "Accept-Ranges: bytes",
                            "Content-Length: " + (length + difference)));
            wire.body(content.bytes(), 0, length).close();
        };
    }

    /// Sends the right range with a Content-Range that is shifted by `shift`.
    public static Behaviour wrongContentRange(Content content, long shift) {
        return honest(content)
                .ranged((request, wire) -> {
                    long[] range = clip(content, request);
                    range(content, wire, "HTTP/1.1 206 Partial Content", range, shift);
                });
    }

    /// Sends the range that was asked for, with Content-Range, but under status 200.
    public static Behaviour partUnder200(Content content) {
        return honest(content)
                .ranged((request, wire) ->
                        range(content, wire, "HTTP/1.1 200 OK", clip(content, request), 0));
    }

    /// Answers 416 to every range.
    public static Behaviour refusingRanges(Content content) {
        return honest(content)
                .ranged((_, wire) ->
                        wire.head(
                                "HTTP/1.1 416 Range Not Satisfiable",
                                "Content-Range: bytes */" + content.bytes().length,
                                "Content-Length: 0"));
    }

    /// Chunks of `size` bytes, no length.
    public static Behaviour chunked(Content content, int size) {
        return (_, wire) -> {
            wire.head(lines(content, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked"));
            byte[] bytes = content.bytes();
            for (int at = 0; at < bytes.length; at += size) {
                wire.chunk(bytes, at, Math.min(bytes.length, at + size));
            }
            wire.lastChunk();
        };
    }

    /// Chunks, but the connection closes before the last.
    public static Behaviour chunkedCut(Content content, int size) {
        return (_, wire) -> {
            wire.head(lines(content, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked"));
            byte[] bytes = content.bytes();
            for (int at = 0; at < bytes.length; at += size) {
                wire.chunk(bytes, at, Math.min(bytes.length, at + size));
            }
            wire.close();
        };
    }

    /// No length: the body ends with the connection.
    public static Behaviour closeDelimited(Content content) {
        return (_, wire) -> {
            wire.head(lines(content, "HTTP/1.1 200 OK", "Connection: close"));
            wire.body(content.bytes(), 0, content.bytes().length).close();
        };
    }

    /// HTTP/1.0 with a length.
    public static Behaviour http10(Content content) {
        return (_, wire) -> {
            int length = content.bytes().length;
            wire.head(lines(content, "HTTP/1.0 200 OK", "Content-Length: " + length));
            wire.body(content.bytes(), 0, length).close();
        };
    }

    /// The body in gzip, whatever was asked for.
    public static Behaviour gzip(Content content) {
        return coded(content, "gzip", gzipped(content.bytes()));
    }

    /// A body `body` under Content-Encoding `coding`.
    public static Behaviour coded(Content content, String coding, byte[] body) {
        return (_, wire) -> {
            wire.head(
                    lines(
                            content,
                            "HTTP/1.1 200 OK",
                            "Accept-Ranges: bytes",
                            "Content-Encoding: " + coding,
                            "Content-Length: " + body.length));
            wire.body(body, 0, body.length);
        };
    }

    /// An answer without a body of interest; `headers` like `Retry-After: 1`.
    public static Behaviour status(int status, String reason, String... headers) {
        List<String> lines = new ArrayList<>();
        lines.add("HTTP/1.1 " + status + " " + reason);
        lines.addAll(List.of(headers));
        lines.add("Content-Length: 0");
        return (_, wire) -> wire.head(lines.toArray(String[]::new));
    }

    /// A redirect; the target is asked for at each request.
    public static Behaviour redirect(int status, Supplier<String> target) {
        return (request, wire) ->
                status(status, "Elsewhere", "Location: " + target.get()).answer(request, wire);
    }

    /// The first path redirects to `/signed?token=N`; each token is good for one request.
    public static Behaviour signed(Content content) {
        AtomicInteger tokens = new AtomicInteger();
        AtomicInteger valid = new AtomicInteger(-1);
        return (request, wire) -> {
            if (!request.target().startsWith("/signed")) {
                valid.set(tokens.incrementAndGet());
                redirect(307, () -> "/signed?token=" + valid.get()).answer(request, wire);
            } else if (request.target().equals("/signed?token=" + valid.getAndSet(-1))) {
                honest(content).answer(request, wire);
            } else {
                status(403, "Forbidden").answer(request, wire);
            }
        };
    }

    /// Closes without an answer.
    public static Behaviour silent() {
        return (_, wire) -> wire.close();
    }

    public static byte[] gzipped(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private interface End {
        void end(Wire wire) throws IOException;
    }

    /// Answers ranges too; `bytes` counts from the start of the body that is sent.
    private static Behaviour cut(Content content, long bytes, End end) {
        return (request, wire) -> {
            long from = 0;
            long to = content.bytes().length;
            if (request.range().isPresent()) {
                long[] range = clip(content, request);
                from = range[0];
                to = range[1] + 1;
            }
            String status =
                    request.range().isPresent()
                            ? "HTTP/1.1 206 Partial Content"
                            : "HTTP/1.1 200 OK";
            List<String> lines = new ArrayList<>();
            lines.add("Accept-Ranges: bytes");
            lines.add("Content-Length: " + (to - from));
            if (request.range().isPresent()) {
                lines.add(contentRange(content, from, to - 1));
            }
            wire.head(lines(content, status, lines.toArray(String[]::new)));
            wire.body(content.bytes(), from, Math.min(to, from + bytes));
            if (from + bytes < to) {
                end.end(wire);
            }
        };
    }

    private static void whole(Content content, Wire wire) throws IOException {
        int length = content.bytes().length;
        wire.head(
                lines(
                        content,
                        "HTTP/1.1 200 OK",
                        "Accept-Ranges: bytes",
                        "Content-Length: " + length));
        wire.body(content.bytes(), 0, length);
    }

    private static void part(Content content, Seen request, Wire wire) throws IOException {
        long[] range = clip(content, request);
        if (range[0] > range[1]) {
            wire.head(
                    "HTTP/1.1 416 Range Not Satisfiable",
                    "Content-Range: bytes */" + content.bytes().length,
                    "Content-Length: 0");
        } else {
            range(content, wire, "HTTP/1.1 206 Partial Content", range, 0);
        }
    }

    private static void range(Content content, Wire wire, String status, long[] range, long shift)
            throws IOException {
        wire.head(
                lines(
                        content,
                        status,
                        contentRange(content, range[0] + shift, range[1] + shift),
                        "Content-Length: " + (range[1] + 1 - range[0])));
        wire.body(content.bytes(), range[0], range[1] + 1);
    }

    private static String contentRange(Content content, long first, long last) {
        return "Content-Range: bytes " + first + "-" + last + "/" + content.bytes().length;
    }

    private static long[] clip(Content content, Seen request) {
        long[] range = request.range().orElseThrow();
        return new long[] {range[0], Math.min(range[1], content.bytes().length - 1)};
    }

    private static String[] lines(Content content, String status, String... more) {
        List<String> lines = new ArrayList<>();
        lines.add(status);
        if (!content.etag().isEmpty()) {
            lines.add("ETag: " + content.etag());
        }
        if (!content.lastModified().isEmpty()) {
            lines.add("Last-Modified: " + content.lastModified());
        }
        lines.addAll(content.headers());
        lines.addAll(List.of(more));
        return lines.toArray(String[]::new);
    }
}
