// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.Freshness;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.OriginRequest;

import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpField;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Judges the head of an answer: what its body is, or why it cannot be used.
final class HttpHead {
    /// What the body of an accepted answer is.
    ///
    /// @param bodyLength after decoding, -1 where not known
    /// @param promised bytes on the wire, -1 where not known
    record Judged(
            boolean notModified,
            long firstByte,
            long bodyLength,
            long contentLength,
            boolean acceptsRanges,
            Validators validators,
            boolean gzip,
            long promised) {}

    private static final Set<String> GZIP_TYPES =
            Set.of(
                    "application/gzip",
                    "application/x-gzip",
                    "application/x-gunzip",
                    "application/x-tgz",
                    "application/x-compressed-tar");

    private static final int MAX_VALIDATOR = 1024;

    private final Hop hop;
    private final Response response;
    private final Instant now;

    HttpHead(Hop hop, Response response, Instant now) {
        this.hop = hop;
        this.response = response;
        this.now = now;
    }

    int status() {
        return response.getStatus();
    }

    boolean isRedirect() {
        return switch (status()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    /// All values of a header joined by commas, or an empty string.
    String header(String name) {
        List<String> values =
                response.getHeaders().getFields(name).stream().map(HttpField::getValue).toList();
        return String.join(",", values.stream().map(v -> v == null ? "" : v).toList());
    }

    Freshness freshness() {
        Set<String> credentials = new HashSet<>();
        for (Header sent : hop.headers()) {
            if (sent.isCredential()) {
                credentials.add(sent.name().toLowerCase(Locale.ROOT));
            }
        }
        if (!hop.basic().isEmpty()) {
            credentials.add("authorization");
        }
        return CacheHeaders.freshness(this::header, credentials, now);
    }

    /// @throws OriginException where the answer is none to `request`
    Judged judge(OriginRequest request) throws OriginException {
        return switch (status()) {
            case 200 -> whole();
            case 206 -> part(request);
            case 304 -> notModified(request);
            default -> throw failed(request);
        };
    }

    private Judged whole() throws OriginException {
        checkTransferCoding();
        long length = contentLength();
        String rangeText = header("Content-Range");
        if (!rangeText.isEmpty()) {
            // Some servers send a part under status 200. Only a "part" that is the whole is one.
            Optional<ContentRange> range = ContentRange.parse(rangeText);
            boolean all =
                    range.isPresent()
                            && range.get().first() == 0
                            && range.get().length() == range.get().total()
                            && (length < 0 || length == range.get().total());
            if (!all) {
                throw protocol("answered 200 with Content-Range: " + Failures.clean(rangeText));
            }
            length = range.get().total();
        }
        if (gzip()) {
            return new Judged(false, 0, -1, -1, false, weak(validators()), true, length);
        }
        boolean ranges = tokens("Accept-Ranges").contains("bytes");
        return new Judged(false, 0, length, length, ranges, validators(), false, length);
    }

    private Judged part(OriginRequest request) throws OriginException {
        if (!request.ranged()) {
            throw protocol("answered with a part (206) although the whole was asked");
        }
        checkTransferCoding();
        if (gzip()) {
            throw protocol("answered with a part of a gzip coding");
        }
        String text = header("Content-Range");
        ContentRange range =
                ContentRange.parse(text)
                        .orElseThrow(() ->
                                protocol(
                                        "answered 206 with Content-Range '"
                                                + Failures.clean(text)
                                                + "'"));
        long length = contentLength();
        boolean asked =
                range.first() == request.firstByte()
                        && (request.endByte() < 0
                                ? range.total() < 0 || range.last() == range.total() - 1
                                : range.last() < request.endByte());
        if (!asked || (length >= 0 && length != range.length())) {
            throw protocol(
                    "answered with "
                            + Failures.clean(text)
                            + " ("
                            + length
                            + " bytes) where bytes "
                            + request.firstByte()
                            + "-"
                            + (request.endByte() < 0 ? "" : request.endByte() - 1)
                            + " were asked");
        }
        return new Judged(
                false,
                range.first(),
                range.length(),
                range.total(),
                true,
                validators(),
                false,
                range.length());
    }

    private Judged notModified(OriginRequest request) throws OriginException {
        Validators known = request.ifChanged();
        if (known == null) {
            throw protocol("answered 304 to a request without a condition");
        }
        Validators sent = validators();
        if (known.strong() && sent.strong() && !known.etag().equals(sent.etag())) {
            throw protocol("answered 304 for another ETag than it was asked for");
        }
        return new Judged(true, 0, 0, -1, known.strong(), known, false, 0);
    }

    private OriginException failed(OriginRequest request) {
        int status = status();
        String reason = Failures.clean(String.valueOf(response.getReason()));
        String message = hop + " answered " + status + (reason.equals("null") ? "" : " " + reason);
        Duration retryAfter = CacheHeaders.retryAfter(header("Retry-After"), now);
        if (status == 404 || status == 410) {
            return new OriginException(Kind.NOT_FOUND, message, false);
        }
        if (status == 401 || status == 403 || status == 407) {
            return OriginException.denied(
                    message + "; check credentials and rights", header("WWW-Authenticate"));
        }
        if (status == 429 || status >= 500) {
            return new OriginException(Kind.UNAVAILABLE, message, true, retryAfter);
        }
        if (status == 412 && request.ifRange() != null) {
            return new OriginException(Kind.CHANGED, message, false);
        }
        if (status == 416 && request.ranged()) {
            return protocol(
                    "answered 416 (Content-Range: "
                            + Failures.clean(header("Content-Range"))
                            + ") to bytes "
                            + request.firstByte()
                            + "-"
                            + (request.endByte() < 0 ? "" : request.endByte() - 1));
        }
        return new OriginException(Kind.STATUS, message, status == 408, retryAfter);
    }

    /// Whether the body is a gzip coding that must be undone.
    ///
    /// Where the file itself is a gzip file (by its type or name), the header is the well-known
    /// mistake of servers that take the file's own format for a coding; browsers and curl keep such
    /// a file as it is, and so do we.
    private boolean gzip() throws OriginException {
        List<String> codings =
                tokens("Content-Encoding").stream()
                        .filter(c -> !c.isEmpty() && !c.equals("identity"))
                        .toList();
        if (codings.isEmpty()) {
            return false;
        }
        boolean gzip =
                codings.size() == 1
                        && (codings.getFirst().equals("gzip")
                                || codings.getFirst().equals("x-gzip"));
        if (!gzip) {
            throw protocol(
                    "sends Content-Encoding '"
                            + Failures.clean(String.join(", ", codings))
                            + "', which was not asked for and is not known");
        }
        String type = header("Content-Type").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        String path = hop.url().getPath().toLowerCase(Locale.ROOT);
        return !GZIP_TYPES.contains(type) && !path.endsWith(".gz") && !path.endsWith(".tgz");
    }

    /// Jetty undoes chunks and nothing else.
    private void checkTransferCoding() throws OriginException {
        String coding = header("Transfer-Encoding").strip();
        if (!coding.isEmpty() && !coding.equalsIgnoreCase("chunked")) {
            throw protocol("sends Transfer-Encoding '" + Failures.clean(coding) + "'");
        }
    }

    private List<String> tokens(String name) {
        return List.of(header(name).toLowerCase(Locale.ROOT).strip().split("\\s*,\\s*"));
    }

    private long contentLength() {
        // Jetty has refused answers with several, malformed, or with chunks as well.
        return response.getHeaders().contains("Transfer-Encoding")
                ? -1
                : response.getHeaders().getLongField("Content-Length");
    }

    private Validators validators() {
        String etag = header("ETag").strip();
        boolean valid =
                etag.length() <= MAX_VALIDATOR
                        && (etag.startsWith("\"") || etag.startsWith("W/\""))
                        && etag.endsWith("\"")
                        && etag.indexOf('"', etag.indexOf('"') + 1) == etag.length() - 1;
        String lastModified = header("Last-Modified").strip();
        return new Validators(
                valid ? etag : "", lastModified.length() <= MAX_VALIDATOR ? lastModified : "");
    }

    /// The ETag names the encoded bytes, not those that we make of them.
    private static Validators weak(Validators validators) {
        String etag = validators.etag();
        return new Validators(validators.strong() ? "W/" + etag : etag, validators.lastModified());
    }

    private OriginException protocol(String what) {
        return new OriginException(Kind.PROTOCOL, hop + " " + what, false);
    }
}
