// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.net.http.ProblemException;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Requests that came to us as to an HTTP proxy, or through a tunnel that we read. Rules say what
/// comes through the swarm; layers of images do anyway. Thread-safe.
final class ForwardProxy {
    /// Headers that say nothing of the content, or that the engine sets itself.
    private static final Set<String> NOT_OF_THE_CONTENT =
            Set.of(
                    "accept",
                    "accept-encoding",
                    "accept-language",
                    "cache-control",
                    "dnt",
                    "forwarded",
                    "if-range",
                    "origin",
                    "pragma",
                    "priority",
                    "range",
                    "referer",
                    "upgrade-insecure-requests",
                    "user-agent",
                    "via");

    private final List<Rule> rules;
    private final List<Registry> registries;
    private final SwarmAnswer swarm;
    private final PassThrough passThrough;
    private final Upstreams upstreams;

    /// Stands in `Via`: whoever sees it in a request has sent that request himself.
    private final String name;

    /// Where a request goes.
    private record Target(boolean secure, HostPort server, String pathQuery) {
        URI origin() {
            return URI.create((secure ? "https" : "http") + "://" + authority());
        }

        private String authority() {
            boolean usual = server.port() == (secure ? 443 : 80);
            String text = server.toString();
            return usual ? text.substring(0, text.lastIndexOf(':')) : text;
        }

        /// Empty where it is no URL that the engine could read.
        Optional<URI> url() {
            try {
                return Optional.of(URI.create(origin() + pathQuery));
            } catch (IllegalArgumentException _) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return origin() + pathQuery;
        }
    }

    ForwardProxy(
            List<Rule> rules,
            List<Registry> registries,
            SwarmAnswer swarm,
            PassThrough passThrough,
            Upstreams upstreams,
            String name) {
        this.name = name;
        this.rules = rules;
        this.registries = registries;
        this.swarm = swarm;
        this.passThrough = passThrough;
        this.upstreams = upstreams;
    }

    /// @param tunnel the server that the request's tunnel leads to; null where it came without one
    void answer(ClientExchange exchange, @Nullable HostPort tunnel)
            throws IOException, ProblemException {
        if (exchange.headers().getValuesList("Via").stream().anyMatch(v -> v.contains(name))) {
            throw new ProblemException(
                    508,
                    "loop",
                    "requests of this proxy come back to it: is it in HTTP_PROXY of dfdaemon's own"
                            + " environment?");
        }
        Target asked = target(exchange, tunnel);
        upstreams.require(asked.server());
        Rule rule = rule(asked.toString());
        Target target = rule == null ? asked : changed(asked, rule);
        if (!target.server().equals(asked.server())) {
            upstreams.requireOther(target.server());
        }
        Rule.Way way = rule == null ? Rule.Way.USUAL : rule.way();
        Optional<SwarmAnswer.Wanted> wanted =
                exchange.method().equals("GET") && !Mirror.isConditional(exchange)
                        ? wanted(exchange, target, way)
                        : Optional.empty();
        if (wanted.isEmpty()) {
            passThrough.answer(
                    exchange, way(target, ProxyMeter.Asked.OTHER), ProxyMeter.Answer.PASSED);
        } else if (!swarm.answer(exchange, wanted.get())) {
            passThrough.answer(
                    exchange, way(target, ProxyMeter.Asked.BLOB), ProxyMeter.Answer.FALLBACK);
        }
    }

    private static Target target(ClientExchange exchange, @Nullable HostPort tunnel)
            throws ProblemException {
        HttpURI uri = exchange.request().getHttpURI();
        String host = Upstreams.bare(String.valueOf(uri.getHost())).toLowerCase(Locale.ROOT);
        String pathQuery = uri.getPathQuery() == null ? "/" : uri.getPathQuery();
        String path = pathQuery.startsWith("/") ? pathQuery : "/" + pathQuery;
        try {
            if (tunnel == null) {
                boolean secure = "https".equalsIgnoreCase(uri.getScheme());
                int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
                return new Target(secure, new HostPort(host, port), path);
            }
            if (!host.equalsIgnoreCase(tunnel.host())) {
                throw new ProblemException(
                        421, "misdirected", "this tunnel leads to " + tunnel + " only");
            }
            return new Target(true, tunnel, path);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "usage", String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Rule rule(String url) {
        for (Rule rule : rules) {
            if (rule.url().matcher(url).find()) {
                return rule;
            }
        }
        return null;
    }

    private static Target changed(Target asked, Rule rule) {
        boolean secure = asked.secure() || rule.useHttps();
        HostPort server = asked.server();
        int port = secure && !asked.secure() && server.port() == 80 ? 443 : server.port();
        HostPort redirect = rule.redirect();
        if (redirect != null) {
            port = redirect.port() > 0 ? redirect.port() : secure ? 443 : 80;
            server = redirect;
        }
        return new Target(secure, new HostPort(server.host(), port), asked.pathQuery());
    }

    /// What the swarm is asked for; empty where it is not asked.
    private Optional<SwarmAnswer.Wanted> wanted(
            ClientExchange exchange, Target target, Rule.Way way) {
        Optional<URI> url = target.url();
        if (way == Rule.Way.DIRECT || url.isEmpty()) {
            return Optional.empty();
        }
        Digest digest =
                MirrorPath.parse(exchange.rawPath(), true, _ -> false)
                        .map(MirrorPath::digest)
                        .orElse(null);
        if (way == Rule.Way.USUAL && digest == null) {
            return Optional.empty();
        }
        HttpFields.Mutable headers = HttpFields.build();
        if (digest != null) {
            headers.put("Docker-Content-Digest", digest.toString());
        }
        PassThrough.Trust trust = trust(target);
        TaskSpec spec =
                new TaskSpec(
                        url.get(),
                        headers(exchange, digest != null),
                        List.of(),
                        "",
                        digest,
                        trust.insecure(),
                        trust.caCerts());
        return Optional.of(new SwarmAnswer.Wanted(spec, headers));
    }

    /// Those that may decide what the content is.
    ///
    /// @param named whether a digest says that: then only credentials matter
    private static List<Header> headers(ClientExchange exchange, boolean named) {
        List<Header> all = new ArrayList<>();
        for (HttpField field : HopByHop.request(exchange.headers())) {
            String name = field.getName().toLowerCase(Locale.ROOT);
            boolean wanted =
                    named
                            ? name.equals("authorization")
                            : !NOT_OF_THE_CONTENT.contains(name) && !name.startsWith("sec-");
            if (wanted && field.getValue() != null) {
                all.add(new Header(field.getName(), field.getValue()));
            }
        }
        return all;
    }

    private PassThrough.Way way(Target target, ProxyMeter.Asked what) {
        return new PassThrough.Way(
                target.origin(),
                target.pathQuery(),
                trust(target),
                upstreams.mayBeHere(target.server()),
                what,
                headers -> headers.add("Via", "1.1 " + name),
                UnaryOperator.identity());
    }

    /// A registry's settings hold for whoever comes to it, by whatever way.
    private PassThrough.Trust trust(Target target) {
        for (Registry registry : registries) {
            if (registry.server().equals(target.server())) {
                return new PassThrough.Trust(registry.insecure(), registry.caCerts());
            }
        }
        return PassThrough.Trust.SYSTEM;
    }
}
