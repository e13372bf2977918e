// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.core.model.HostPort;

import org.eclipse.jetty.client.Authentication;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpHeader;

import java.net.URI;

/// A proxy of the environment, as Jetty wants it: absolute-form requests for http, CONNECT for
/// https.
final class EnvironmentProxy extends HttpProxy {
    private final ProxyEnvironment environment;
    private final ProxyEnvironment.Proxy proxy;

    private EnvironmentProxy(ProxyEnvironment environment, ProxyEnvironment.Proxy proxy) {
        super(new Origin.Address(proxy.address().host(), proxy.address().port()), proxy.secure());
        this.environment = environment;
        this.proxy = proxy;
    }

    static void install(
            HttpClient client, ProxyEnvironment environment, ProxyEnvironment.Proxy proxy) {
        EnvironmentProxy installed = new EnvironmentProxy(environment, proxy);
        client.getProxyConfiguration().addProxy(installed);
        if (!proxy.basic().isEmpty()) {
            client.getAuthenticationStore()
                    .addAuthenticationResult(new Credentials(installed.getURI(), proxy.basic()));
        }
    }

    @Override
    public boolean matches(Origin origin) {
        String host = origin.getAddress().getHost().replace("[", "").replace("]", "");
        HostPort server = new HostPort(host, origin.getAddress().getPort());
        return environment.proxy(origin.isSecure(), server).filter(proxy::equals).isPresent();
    }

    private record Credentials(URI uri, String basic) implements Authentication.Result {
        @Override
        public URI getURI() {
            return uri;
        }

        @Override
        public void apply(Request request) {
            request.headers(h -> h.put(HttpHeader.PROXY_AUTHORIZATION, basic));
        }
    }
}
