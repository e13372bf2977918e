// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.origin.AddressGuard;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginSettings;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.ProxyAuthenticationProtocolHandler;
import org.eclipse.jetty.client.RedirectProtocolHandler;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.ssl.SslClientConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Jetty clients, one for each set of trusted authorities, for a client has one TLS set-up, and one
/// for ways that must not lead to loopback, for clients share their connections. At most
/// [#MAX_CLIENTS] idle ones are kept, the least recently used goes first. Thread-safe.
final class JettyClients {
    static final int MAX_CLIENTS = 8;

    private static final Logger LOG = LoggerFactory.getLogger(JettyClients.class);

    /// Fewer mean more system calls and wake-ups per byte.
    private static final int RESPONSE_BUFFER = 128 << 10;

    private static final int MAX_HEAD = 64 << 10;
    private static final int MAX_POOLED_BYTES = 32 << 20;

    private final OriginSettings settings;
    private final ProxyEnvironment proxies;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Kind, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    /// @param loopback whether connections may lead to this machine's own addresses
    private record Kind(Trust trust, boolean loopback) {}

    private static final class Entry {
        final HttpClient client;
        int users;

        Entry(HttpClient client) {
            this.client = client;
        }
    }

    /// A client in use; it is not stopped before it was given back.
    record Lease(HttpClient client, Runnable giveBack) {}

    JettyClients(OriginSettings settings, ProxyEnvironment proxies) {
        this.settings = settings;
        this.proxies = proxies;
    }

    /// @throws OriginException where the authorities cannot be read
    Lease lease(Trust trust, boolean loopback) throws OriginException {
        List<HttpClient> unused;
        Entry entry;
        lock.lock();
        try {
            if (closed) {
                throw new OriginException(
                        OriginException.Kind.NETWORK, "the origin client is closed", false);
            }
            Kind kind = new Kind(trust, loopback);
            entry = entries.get(kind);
            if (entry == null) {
                entry = new Entry(start(kind));
                entries.put(kind, entry);
            }
            entry.users++;
            unused = evict();
        } finally {
            lock.unlock();
        }
        unused.forEach(JettyClients::stop);
        Entry leased = entry;
        return new Lease(leased.client, () -> giveBack(leased));
    }

    /// Number of clients that are running.
    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(Entry entry) {
        List<HttpClient> unused;
        lock.lock();
        try {
            entry.users--;
            unused = evict();
        } finally {
            lock.unlock();
        }
        unused.forEach(JettyClients::stop);
    }

    private List<HttpClient> evict() {
        List<HttpClient> evicted = new ArrayList<>();
        Iterator<Entry> oldestFirst = entries.values().iterator();
        while (entries.size() > MAX_CLIENTS && oldestFirst.hasNext()) {
            Entry entry = oldestFirst.next();
            if (entry.users == 0) {
                oldestFirst.remove();
                evicted.add(entry.client);
            }
        }
        return evicted;
    }

    void close() {
        List<HttpClient> all = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            entries.values().forEach(e -> all.add(e.client));
            entries.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(JettyClients::stop);
    }

    private HttpClient start(Kind kind) throws OriginException {
        ClientConnector connector = new StrictConnector();
        connector.setSelectors(1);
        connector.setSslContextFactory(kind.trust().sslContextFactory());
        HttpClient client = new HttpClient(new StrictTransport(connector));
        client.setName("origin");
        client.setExecutor(new VirtualThreadPool(1000));
        client.setByteBufferPool(
                new ArrayByteBufferPool(
                        0, 4096, 2 * RESPONSE_BUFFER, 64, MAX_POOLED_BYTES, MAX_POOLED_BYTES));
        client.setConnectTimeout(settings.connectTimeout().toMillis());
        client.setAddressResolutionTimeout(settings.connectTimeout().toMillis());
        client.setIdleTimeout(settings.idleTimeout().toMillis());
        client.setDestinationIdleTimeout(60_000);
        client.setResponseBufferSize(RESPONSE_BUFFER);
        client.setMaxResponseHeadersSize(MAX_HEAD);
        client.setMaxRequestHeadersSize(MAX_HEAD);
        client.setMaxConnectionsPerDestination(settings.maxConnections());
        client.setUserAgentField(null);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        for (ProxyEnvironment.Proxy proxy : proxies.all()) {
            EnvironmentProxy.install(client, proxies, proxy);
        }
        AddressGuard guard =
                kind.loopback() ? settings.guard() : settings.guard().and(AddressGuard.NO_LOOPBACK);
        client.setSocketAddressResolver(
                new GuardedResolver(client, settings, guard, proxyAddresses()));
        try {
            client.start();
        } catch (Exception e) {
            throw new OriginException(
                    OriginException.Kind.TLS,
                    "the trusted authorities cannot be used: " + e.getMessage(),
                    false,
                    e);
        }
        // Redirects, authentication and content decoding follow our rules. What handles interim
        // answers stays.
        client.getProtocolHandlers().remove(RedirectProtocolHandler.NAME);
        client.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
        client.getProtocolHandlers().remove(ProxyAuthenticationProtocolHandler.NAME);
        client.getContentDecoderFactories().clear();
        return client;
    }

    private List<HostPort> proxyAddresses() {
        return proxies.all().stream().map(ProxyEnvironment.Proxy::address).toList();
    }

    private static void stop(HttpClient client) {
        try {
            client.stop();
        } catch (Exception e) {
            LOG.warn("could not stop an origin client: {}", e.toString());
        }
    }

    /// A body that ends with the connection must end with TLS's own end mark: without it somebody
    /// in between may have cut it off.
    private static final class StrictConnector extends ClientConnector {
        @Override
        public ClientConnectionFactory newSslClientConnectionFactory(
                SslContextFactory.Client context, ClientConnectionFactory factory) {
            ClientConnectionFactory tls = super.newSslClientConnectionFactory(context, factory);
            ((SslClientConnectionFactory) tls).setRequireCloseMessage(true);
            return tls;
        }
    }
}
