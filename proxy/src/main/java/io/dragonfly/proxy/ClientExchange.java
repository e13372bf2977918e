// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.net.http.ProblemException;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/// One request of a client and its answer, for one thread. Everything blocks.
final class ClientExchange {
    /// A client that neither reads nor writes for so long is given up. Engines unpack while they
    /// read.
    private static final Duration PAUSE = Duration.ofMinutes(5);

    private final Request request;
    private final Response response;
    private final ProxyMeter meter;
    private boolean begun;
    private boolean counted;

    ClientExchange(Request request, Response response, ProxyMeter meter) {
        this.request = request;
        this.response = response;
        this.meter = meter;
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        long usual = endPoint.getIdleTimeout();
        endPoint.setIdleTimeout(PAUSE.toMillis());
        Request.addCompletionListener(
                request,
                _ -> {
                    // Not where the server stops and has set a shorter one meanwhile.
                    if (endPoint.getIdleTimeout() == PAUSE.toMillis()) {
                        endPoint.setIdleTimeout(usual);
                    }
                });
    }

    Request request() {
        return request;
    }

    String method() {
        return request.getMethod();
    }

    HttpFields headers() {
        return request.getHeaders();
    }

    /// Whether the request has a body.
    boolean hasBody() {
        // HTTP/1.1: without a length and a coding there is none.
        return headers().contains("Content-Length") || headers().contains("Transfer-Encoding");
    }

    /// The path as it came.
    String rawPath() {
        return String.valueOf(request.getHttpURI().getPath());
    }

    /// The query as it came, or empty.
    String rawQuery() {
        String query = request.getHttpURI().getQuery();
        return query == null ? "" : query;
    }

    /// Whether the answer has begun: then it cannot be another one any more.
    boolean begun() {
        return begun;
    }

    /// Starts the answer; its body follows with [#write].
    void begin(int status, HttpFields headers) {
        begun = true;
        response.setStatus(status);
        for (HttpField field : headers) {
            response.getHeaders().add(field);
        }
    }

    /// A whole answer.
    void json(int status, HttpFields headers, String text) throws ClientGoneException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        HttpFields.Mutable all = HttpFields.build(headers);
        all.put("Content-Type", "application/json");
        all.put("Content-Length", body.length);
        begin(status, all);
        write(body, body.length, true);
        answered(ProxyMeter.Answer.OWN);
    }

    /// The body of the request.
    ///
    /// @throws ProblemException 413 where it is longer than `max` bytes
    String text(int max) throws IOException, ProblemException {
        InputStream in = Content.Source.asInputStream(request);
        byte[] bytes = in.readNBytes(max + 1);
        if (bytes.length > max) {
            throw new ProblemException(
                    413, "body-too-large", "the body may have " + max + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// Host and port by which the client reaches us.
    String ownAuthority() {
        String host = headers().get("Host");
        String shown = host == null ? "" : host.toLowerCase(Locale.ROOT);
        return MirrorPath.isHost(shown) ? shown : "127.0.0.1:" + Request.getLocalPort(request);
    }

    /// Sends bytes at once, and blocks until they are on their way.
    ///
    /// @throws ClientGoneException where the client does not take them
    void write(byte[] bytes, int count, boolean last) throws ClientGoneException {
        try {
            Content.Sink.write(response, last, ByteBuffer.wrap(bytes, 0, count));
        } catch (IOException | RuntimeException e) {
            throw new ClientGoneException(e);
        }
    }

    /// Says that the first bytes of a content are about to leave.
    void firstByte(ProxyMeter.Answer how) {
        long begin = request.getHeadersNanoTime();
        meter.firstByte(how, Math.max(0, nanoTime() - begin));
    }

    /// Jetty's clock, which the request's own time is of.
    private static long nanoTime() {
        return org.eclipse.jetty.util.NanoTime.now();
    }

    /// How this request was answered; the first to say it is believed.
    void answered(ProxyMeter.Answer how) {
        if (!counted) {
            counted = true;
            meter.answered(how);
        }
    }

    /// For logs: without the query, which may be a credential.
    @Override
    public String toString() {
        return method() + " " + request.getHttpURI().getHost() + rawPath();
    }
}
