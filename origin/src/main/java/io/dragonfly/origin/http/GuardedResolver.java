// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.origin.AddressGuard;
import io.dragonfly.origin.OriginSettings;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Resolves names and drops the addresses that the guard refuses. What is connected to is what was
/// checked: a name that resolves differently a moment later cannot slip through.
final class GuardedResolver implements SocketAddressResolver {
    /// The guard refused every address of a host.
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    private final HttpClient client;
    private final OriginSettings settings;
    private final AddressGuard guard;
    private final List<HostPort> proxies;

    GuardedResolver(
            HttpClient client,
            OriginSettings settings,
            AddressGuard guard,
            List<HostPort> proxies) {
        this.client = client;
        this.settings = settings;
        this.guard = guard;
        this.proxies = proxies;
    }

    @Override
    public void resolve(
            String host,
            int port,
            Map<String, Object> context,
            Promise<List<InetSocketAddress>> promise) {
        String bare = host.replace("[", "").replace("]", "");
        Promise<List<InetSocketAddress>> checked =
                proxies.contains(new HostPort(bare, port)) ? promise : guarded(host, promise);
        // Made per call: the client has its scheduler only once it is started.
        new SocketAddressResolver.Async(
                        client.getExecutor(),
                        client.getScheduler(),
                        settings.connectTimeout().toMillis())
                .resolve(host, port, context, checked);
    }

    private Promise<List<InetSocketAddress>> guarded(
            String host, Promise<List<InetSocketAddress>> promise) {
        return new Promise<>() {
            @Override
            public void succeeded(List<InetSocketAddress> addresses) {
                List<InetSocketAddress> allowed = new ArrayList<>();
                String why = "";
                for (InetSocketAddress address : addresses) {
                    Optional<String> refusal = guard.refusal(address.getAddress());
                    if (refusal.isEmpty()) {
                        allowed.add(address);
                    } else {
                        why = refusal.get();
                    }
                }
                if (allowed.isEmpty()) {
                    promise.failed(new RefusedException(host + " is " + why));
                } else {
                    promise.succeeded(allowed);
                }
            }

            @Override
            public void failed(Throwable x) {
                promise.failed(x);
            }
        };
    }
}
