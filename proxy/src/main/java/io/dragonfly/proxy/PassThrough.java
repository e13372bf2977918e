// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.net.http.ProblemException;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.http.HttpForwarder;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.function.UnaryOperator;

/// Sends requests on to the server that they are for, and its answers back, both as they are.
/// Thread-safe.
final class PassThrough {
    private static final int CHUNK = 32 << 10;

    /// An answer is waited for from the beginning of the request, and a large layer takes its time.
    /// A client or server that stands still meanwhile ends it sooner, by the connection's idle
    /// time.
    private static final Duration UPLOAD = Duration.ofHours(1);

    private final HttpForwarder forwarder;
    private final ProxyMeter meter;
    private final Duration patience;

    /// Where a request goes.
    ///
    /// @param server its path and query are sent as they are
    /// @param trust whom to believe that it is the server
    /// @param loopback whether it may be this machine
    /// @param asked what for
    /// @param request turns the client's headers into those that are sent
    /// @param answer turns the server's headers into those that the client gets
    /// @param body instead of the client's own; null: that one
    record Way(
            URI server,
            String pathQuery,
            Trust trust,
            boolean loopback,
            ProxyMeter.Asked asked,
            UnaryOperator<HttpFields.Mutable> request,
            UnaryOperator<HttpFields.Mutable> answer,
            @Nullable String body) {
        Way(
                URI server,
                String pathQuery,
                Trust trust,
                boolean loopback,
                ProxyMeter.Asked asked,
                UnaryOperator<HttpFields.Mutable> request,
                UnaryOperator<HttpFields.Mutable> answer) {
            this(server, pathQuery, trust, loopback, asked, request, answer, null);
        }

        Way withBody(String other) {
            return new Way(server, pathQuery, trust, loopback, asked, request, answer, other);
        }
    }

    /// @param insecure whether to accept any certificate
    /// @param caCerts PEM text of the authorities to trust instead of the system's; empty for none
    record Trust(boolean insecure, String caCerts) {
        static final Trust SYSTEM = new Trust(false, "");
    }

    PassThrough(HttpForwarder forwarder, ProxyMeter meter, Duration patience) {
        this.forwarder = forwarder;
        this.meter = meter;
        this.patience = patience;
    }

    /// Answers with what the server says.
    ///
    /// @throws ProblemException 502 or 504 where it says nothing
    /// @throws IOException where the answer breaks off midway
    void answer(ClientExchange exchange, Way way, ProxyMeter.Answer how)
            throws IOException, ProblemException {
        try (HttpForwarder.Answer answer = send(exchange, way)) {
            exchange.begin(answer.status(), way.answer().apply(HopByHop.answer(answer.headers())));
            if (way.asked() == ProxyMeter.Asked.BLOB && answer.status() < 300) {
                exchange.firstByte(how);
            }
            copy(exchange, answer.body());
            exchange.answered(how);
        }
    }

    private HttpForwarder.Answer send(ClientExchange exchange, Way way) throws ProblemException {
        meter.upstream(way.asked());
        try {
            return forwarder.send(
                    new HttpForwarder.Call(
                            way.server(),
                            exchange.method(),
                            way.pathQuery(),
                            way.request().apply(HopByHop.request(exchange.headers())),
                            body(exchange, way),
                            way.trust().insecure(),
                            way.trust().caCerts(),
                            way.loopback(),
                            exchange.hasBody() ? UPLOAD : patience));
        } catch (OriginException e) {
            int status = e.kind() == OriginException.Kind.REFUSED ? 403 : 502;
            throw new ProblemException(status, e.kind().code(), String.valueOf(e.getMessage()));
        }
    }

    private static Request.@Nullable Content body(ClientExchange exchange, Way way) {
        String other = way.body();
        if (other != null) {
            return new StringRequestContent(exchange.headers().get("Content-Type"), other);
        }
        return exchange.hasBody() ? new RequestBody(exchange.request()) : null;
    }

    private void copy(ClientExchange exchange, InputStream body) throws IOException {
        byte[] chunk = new byte[CHUNK];
        while (true) {
            int count = body.read(chunk);
            if (count < 0) {
                exchange.write(chunk, 0, true);
                return;
            }
            exchange.write(chunk, count, false);
            meter.bytes(true, count);
        }
    }
}
