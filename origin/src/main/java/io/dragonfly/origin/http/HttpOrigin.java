// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.core.model.Blob;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.Cancellation;
import io.dragonfly.origin.Network;
import io.dragonfly.origin.OriginClient;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.OriginProbe;
import io.dragonfly.origin.OriginRequest;
import io.dragonfly.origin.OriginResponse;
import io.dragonfly.origin.OriginSettings;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpFields;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Reads `http` and `https` URLs over HTTP/1.1.
///
/// Asks always for the identity coding. A body ends normally only where it is complete; an answer
/// to a range request is either the range that was asked for, or the whole content with
/// [OriginResponse#firstByte] 0. What the redirects may see of the user's headers is said at [Hop].
/// Proxies come from the environment ([ProxyEnvironment]).
public final class HttpOrigin implements OriginClient {
    private static final int MAX_REDIRECTS = 10;

    /// A redirect's body is read to its end, so that the connection can be used again, if it is
    /// short.
    private static final int MAX_DRAINED = 16 << 10;

    private final OriginSettings settings;
    private final InstantSource clock;
    private final ProxyEnvironment proxies;
    private final JettyClients clients;
    private final Set<HttpCall> open = ConcurrentHashMap.newKeySet();

    /// @throws IllegalArgumentException where a proxy variable of the environment cannot be
    ///   understood
    public HttpOrigin(OriginSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.proxies = new ProxyEnvironment(settings.environment());
        this.clients = new JettyClients(settings, proxies);
    }

    @Override
    public Set<String> schemes() {
        return Set.of("http", "https");
    }

    @Override
    public OriginResponse open(OriginRequest request) throws OriginException {
        TaskSpec spec = request.spec();
        return follow(request, Hop.first(spec), trust(spec));
    }

    private static Trust trust(TaskSpec spec) {
        return new Trust(spec.insecure(), spec.insecure() ? "" : spec.caCerts());
    }

    @Override
    public OriginProbe probe(TaskSpec spec, Cancellation cancellation) throws OriginException {
        OriginRequest request = new OriginRequest(spec, 0, 1, null, null, cancellation);
        Hop first = Hop.first(spec);
        JettyClients.Lease lease = clients.lease(trust(spec), mayBeLoopback(first));
        HttpCall call = null;
        try {
            call = send(lease.client(), first, request);
            HttpHead head = new HttpHead(first, call.head(), clock.instant());
            if (head.isRedirect()) {
                drain(call, head);
                Hop next = first.redirect(call.head().getHeaders().get("Location"));
                return new OriginProbe.Elsewhere(Blob.registry(next.url()));
            }
            HttpHead.Judged judged = head.judge(request);
            drain(call, head);
            return new OriginProbe.Given(judged.contentLength());
        } finally {
            if (call != null) {
                close(call);
            }
            lease.giveBack().run();
        }
    }

    private OriginResponse follow(OriginRequest request, Hop first, Trust trust)
            throws OriginException {
        Set<String> seen = new HashSet<>();
        Hop hop = first;
        boolean loopback = mayBeLoopback(first);
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            if (!seen.add(hop.url().toString())) {
                throw new OriginException(
                        Kind.PROTOCOL, first + " redirects in a loop through " + hop, false);
            }
            JettyClients.Lease lease = clients.lease(trust, loopback);
            HttpCall call = null;
            boolean kept = false;
            try {
                call = send(lease.client(), hop, request);
                HttpHead head = new HttpHead(hop, call.head(), clock.instant());
                if (!head.isRedirect()) {
                    OriginResponse response = response(request, head, hop, call, lease);
                    kept = true;
                    return response;
                }
                drain(call, head);
                hop = hop.redirect(call.head().getHeaders().get("Location"));
                loopback = loopback && staysHere(first, hop);
            } finally {
                if (!kept) {
                    if (call != null) {
                        close(call);
                    }
                    lease.giveBack().run();
                }
            }
        }
        throw new OriginException(
                Kind.PROTOCOL, first + " redirects more than " + MAX_REDIRECTS + " times", false);
    }

    private boolean mayBeLoopback(Hop first) {
        return switch (settings.loopback()) {
            case NEVER -> false;
            case NAMED -> Network.isLoopback(first.hostPort().host());
            case ANY -> true;
        };
    }

    /// Nobody but this machine may send a request on to this machine's own addresses.
    private static boolean staysHere(Hop first, Hop next) {
        HostPort from = first.hostPort();
        HostPort to = next.hostPort();
        return from.host().equalsIgnoreCase(to.host())
                || (Network.isLoopback(from.host()) && Network.isLoopback(to.host()));
    }

    private HttpCall send(HttpClient client, Hop hop, OriginRequest request)
            throws OriginException {
        Cancellation cancellation = request.cancellation();
        Request toSend;
        try {
            toSend = client.newRequest(hop.url()).headers(h -> putHeaders(h, hop, request));
        } catch (IllegalArgumentException e) {
            throw new OriginException(
                    Kind.REFUSED, "cannot read " + hop + ": the URL cannot be sent", false, e);
        }
        Duration headTimeout = settings.connectTimeout().plus(settings.idleTimeout());
        try {
            HttpCall call =
                    HttpCall.send(toSend, cancellation, headTimeout, settings.idleTimeout());
            open.add(call);
            return call;
        } catch (IOException | RuntimeException e) {
            if (cancellation.cancelled()) {
                throw new OriginException(
                        Kind.NETWORK, "the reading of " + hop + " was cancelled", false, e);
            }
            Optional<HostPort> proxy =
                    proxies.proxy(hop.secure(), hop.hostPort())
                            .map(ProxyEnvironment.Proxy::address);
            throw Failures.beforeHead(hop, proxy, e);
        }
    }

    private void putHeaders(HttpFields.Mutable fields, Hop hop, OriginRequest request) {
        for (Header header : hop.headers()) {
            fields.add(header.name(), header.value());
        }
        if (!fields.contains("User-Agent")) {
            fields.put("User-Agent", settings.userAgent());
        }
        if (!fields.contains("Accept")) {
            fields.put("Accept", "*/*");
        }
        if (!hop.basic().isEmpty()) {
            fields.put("Authorization", hop.basic());
        }
        fields.put("Accept-Encoding", "identity");
        if (request.ranged()) {
            String end = request.endByte() < 0 ? "" : Long.toString(request.endByte() - 1);
            fields.put("Range", "bytes=" + request.firstByte() + "-" + end);
            Validators ifRange = request.ifRange();
            if (ifRange != null && ifRange.strong()) {
                fields.put("If-Range", ifRange.etag());
            }
        }
        Validators ifChanged = request.ifChanged();
        if (ifChanged != null && !ifChanged.etag().isEmpty()) {
            fields.put("If-None-Match", ifChanged.etag());
        } else if (ifChanged != null && !ifChanged.lastModified().isEmpty()) {
            fields.put("If-Modified-Since", ifChanged.lastModified());
        }
    }

    private OriginResponse response(
            OriginRequest request, HttpHead head, Hop hop, HttpCall call, JettyClients.Lease lease)
            throws OriginException {
        HttpHead.Judged judged = head.judge(request);
        InputStream raw =
                new HttpBody(call, request.cancellation(), hop.toString(), judged.promised());
        InputStream body = judged.gzip() ? new GzipBody(raw, hop.toString()) : raw;
        AtomicBoolean closed = new AtomicBoolean();
        if (judged.notModified()) {
            drain(call, head);
        }
        return new HttpOriginResponse(
                judged.notModified(),
                judged.firstByte(),
                judged.bodyLength(),
                judged.contentLength(),
                judged.acceptsRanges(),
                judged.validators(),
                head.header("Content-Type"),
                head.freshness(),
                Blob.registry(hop.url()),
                body,
                () -> {
                    if (closed.compareAndSet(false, true)) {
                        close(call);
                        lease.giveBack().run();
                    }
                });
    }

    private static void drain(HttpCall call, HttpHead head) {
        long length = call.head().getHeaders().getLongField("Content-Length");
        if (head.status() != 304 && (length < 0 || length > MAX_DRAINED)) {
            return;
        }
        byte[] rest = new byte[MAX_DRAINED];
        try {
            int count = 0;
            while (count >= 0) {
                count = call.read(rest, 0, rest.length);
            }
        } catch (IOException | RuntimeException e) {
            // The body says nothing that matters; the connection is closed instead of used again.
            call.close();
        }
    }

    /// Number of Jetty clients that are kept.
    int clients() {
        return clients.size();
    }

    private void close(HttpCall call) {
        open.remove(call);
        call.close();
    }

    @Override
    public void close() {
        open.forEach(HttpCall::close);
        clients.close();
    }
}
