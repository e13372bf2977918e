// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.net.http.ProblemException;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/// Every request to the proxy's port, to whom it concerns. What cannot be answered is said as
/// registries say it, in one line; an answer that breaks off ends its connection.
final class Front extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(Front.class);

    private final Mirror mirror;
    private final TokenService tokens;
    private final ForwardProxy forward;
    private final ProxyMeter meter;
    private final AtomicInteger active = new AtomicInteger();

    Front(Mirror mirror, TokenService tokens, ForwardProxy forward, ProxyMeter meter) {
        this.mirror = mirror;
        this.tokens = tokens;
        this.forward = forward;
        this.meter = meter;
    }

    /// Requests that are being answered now.
    int active() {
        return active.get();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ClientExchange exchange = new ClientExchange(request, response, meter);
        active.incrementAndGet();
        try {
            answer(exchange);
            callback.succeeded();
        } catch (ClientGoneException e) {
            exchange.answered(ProxyMeter.Answer.BROKEN);
            LOG.debug("{}: {}", exchange, e.getMessage());
            callback.failed(e);
        } catch (IOException | RuntimeException e) {
            exchange.answered(ProxyMeter.Answer.BROKEN);
            if (e instanceof IOException) {
                LOG.info("{} broke off: {}", exchange, e.getMessage());
            } else {
                LOG.error("bug in {}", exchange, e);
            }
            callback.failed(e);
        } finally {
            active.decrementAndGet();
        }
        return true;
    }

    private void answer(ClientExchange exchange) throws IOException {
        try {
            HostPort tunnel = ProxyConnections.tunnel(exchange.request()).orElse(null);
            if (tunnel != null || ProxyConnections.isAbsolute(exchange.request())) {
                forward.answer(exchange, tunnel);
            } else if (exchange.rawPath().equals(TokenService.PATH)) {
                tokens.answer(exchange);
            } else if (!mirror.answer(exchange)) {
                throw new ProblemException(
                        404, "no-such-path", "this is a registry mirror: ask below /v2/");
            }
        } catch (ProblemException e) {
            if (exchange.begun()) {
                throw new IOException(e.getMessage(), e);
            }
            LOG.info("{}: {}", exchange, e.getMessage());
            refuse(exchange, e);
        }
    }

    /// As the distribution specification wants errors, which engines show to their users.
    private static void refuse(ClientExchange exchange, ProblemException e) throws IOException {
        int status = e.problem().status();
        String code =
                switch (status) {
                    case 401 -> "UNAUTHORIZED";
                    case 403 -> "DENIED";
                    case 404 -> "NAME_UNKNOWN";
                    case 429 -> "TOOMANYREQUESTS";
                    default -> status < 500 ? "UNSUPPORTED" : "UNAVAILABLE";
                };
        String detail = String.valueOf(e.problem().detail());
        String text =
                "{\"errors\":[{\"code\":\"%s\",\"message\":\"dfdaemon: %s\"}]}"
                        .formatted(code, JsonText.escaped(detail));
        HttpFields.Mutable headers = HttpFields.build();
        headers.put("Cache-Control", "no-store");
        exchange.json(status, headers, text);
    }
}
