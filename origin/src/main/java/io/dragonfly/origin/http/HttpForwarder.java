// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.Cancellation;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.OriginSettings;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Sends somebody else's requests on as they are, and hands back what the server says: redirects
/// are not followed, nothing is retried, decoded or added. Addresses are guarded and proxies of the
/// environment used as for [HttpOrigin]. Thread-safe.
public final class HttpForwarder implements Closeable {
    private final ProxyEnvironment proxies;
    private final JettyClients clients;
    private final Set<HttpCall> open = ConcurrentHashMap.newKeySet();

    /// What to send.
    ///
    /// @param server scheme, host and port; the rest is ignored
    /// @param pathQuery as it stands in the request line, unchanged
    /// @param headers all of them but `Host` and those that belong to one connection
    /// @param body null for none
    /// @param insecure whether to accept any certificate
    /// @param caCerts PEM text of the authorities to trust instead of the system's; empty for none
    /// @param loopback whether the server may be this machine
    /// @param patience longest time to wait for the head of the answer, and then without a byte
    public record Call(
            URI server,
            String method,
            String pathQuery,
            HttpFields headers,
            Request.@Nullable Content body,
            boolean insecure,
            String caCerts,
            boolean loopback,
            Duration patience) {
        /// Hides the headers and the query.
        @Override
        public String toString() {
            return method + " " + server;
        }
    }

    /// What the server says. Not thread-safe. Closing ends the connection where the body was not
    /// read to its end.
    public interface Answer extends Closeable {
        int status();

        HttpFields headers();

        /// Fails where it ends before its time. Empty for an answer to HEAD and the like.
        InputStream body();

        @Override
        void close();
    }

    /// @throws IllegalArgumentException where a proxy variable of the environment cannot be
    ///   understood
    public HttpForwarder(OriginSettings settings) {
        this.proxies = new ProxyEnvironment(settings.environment());
        this.clients = new JettyClients(settings, proxies);
    }

    /// Sends it and waits for the head of the answer, whatever its status.
    ///
    /// @throws OriginException where there is no answer
    public Answer send(Call call) throws OriginException {
        Hop hop = Hop.first(TaskSpec.of(call.server()));
        Trust trust = new Trust(call.insecure(), call.insecure() ? "" : call.caCerts());
        JettyClients.Lease lease = clients.lease(trust, call.loopback());
        boolean kept = false;
        try {
            HttpCall sent = send(lease, hop, call);
            open.add(sent);
            kept = true;
            return new Received(sent, call, hop.toString(), lease);
        } finally {
            if (!kept) {
                lease.giveBack().run();
            }
        }
    }

    private HttpCall send(JettyClients.Lease lease, Hop hop, Call call) throws OriginException {
        HostPort server = hop.hostPort();
        Request request;
        try {
            request =
                    lease.client()
                            .newRequest(server.host(), server.port())
                            .scheme(hop.secure() ? "https" : "http")
                            .method(call.method())
                            .path(call.pathQuery())
                            .headers(fields -> fields.add(call.headers()));
        } catch (IllegalArgumentException e) {
            throw new OriginException(
                    Kind.REFUSED, "cannot send to " + hop + ": not a valid request", false, e);
        }
        Request.Content body = call.body();
        if (body != null) {
            request.body(body);
        }
        try {
            return HttpCall.send(request, new Cancellation(), call.patience(), call.patience());
        } catch (IOException | RuntimeException e) {
            Optional<HostPort> proxy =
                    proxies.proxy(hop.secure(), server).map(ProxyEnvironment.Proxy::address);
            throw Failures.beforeHead(hop, proxy, e);
        }
    }

    @Override
    public void close() {
        open.forEach(HttpCall::close);
        clients.close();
    }

    private final class Received implements Answer {
        private final HttpCall call;
        private final InputStream body;
        private final JettyClients.Lease lease;
        private final AtomicBoolean closed = new AtomicBoolean();

        Received(HttpCall call, Call asked, String what, JettyClients.Lease lease) {
            this.call = call;
            this.lease = lease;
            boolean empty = asked.method().equals("HEAD") || status() == 204 || status() == 304;
            long promised = empty ? -1 : headers().getLongField("Content-Length");
            this.body = new HttpBody(call, new Cancellation(), what, promised);
        }

        @Override
        public int status() {
            return call.head().getStatus();
        }

        @Override
        public HttpFields headers() {
            return call.head().getHeaders();
        }

        @Override
        public InputStream body() {
            return body;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                open.remove(call);
                call.close();
                lease.giveBack().run();
            }
        }
    }
}
