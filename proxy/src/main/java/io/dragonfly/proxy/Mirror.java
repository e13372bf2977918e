// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.net.http.ProblemException;

import org.eclipse.jetty.http.HttpFields;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The registry mirror: blobs come through the swarm, everything else is sent on to the registry
/// that the request is for. That is said by `?ns=` (containerd), by the header [#REGISTRY_HEADER],
/// by the beginning of the path, or not at all: then it is the default one. Thread-safe.
final class Mirror {
    /// For clients that can be told to send a header, and nothing else.
    static final String REGISTRY_HEADER = "Dragonfly-Registry";

    private final Registries registries;
    private final TokenService tokens;
    private final SwarmAnswer swarm;
    private final PassThrough passThrough;
    private final Upstreams upstreams;

    /// A request, understood.
    ///
    /// @param named whether something else than the path says which registry is meant
    /// @param query without what was meant for us
    private record Asked(MirrorPath path, boolean named, Registry registry, String query) {
        boolean anyRegistry() {
            return !named && path.registry().isEmpty();
        }

        String pathQuery() {
            return query.isEmpty() ? path.path() : path.path() + "?" + query;
        }
    }

    Mirror(
            Registries registries,
            TokenService tokens,
            SwarmAnswer swarm,
            PassThrough passThrough,
            Upstreams upstreams) {
        this.registries = registries;
        this.tokens = tokens;
        this.swarm = swarm;
        this.passThrough = passThrough;
        this.upstreams = upstreams;
    }

    /// @return whether the request is one for a registry; if not, nothing was done
    boolean answer(ClientExchange exchange) throws IOException, ProblemException {
        Optional<Asked> understood = understand(exchange);
        if (understood.isEmpty()) {
            return false;
        }
        Asked asked = understood.get();
        if (asked.path().kind() == MirrorPath.Kind.PING && asked.anyRegistry()) {
            tokens.ping(exchange);
            return true;
        }
        boolean blob = asked.path().kind() == MirrorPath.Kind.BLOB;
        boolean content = blob && exchange.method().equals("GET") && !isConditional(exchange);
        if (content && !asked.registry().direct()) {
            if (!swarm.answer(exchange, wanted(exchange, asked))) {
                passThrough.answer(exchange, way(exchange, asked), ProxyMeter.Answer.FALLBACK);
            }
        } else {
            passThrough.answer(exchange, way(exchange, asked), ProxyMeter.Answer.PASSED);
        }
        return true;
    }

    /// Conditions are the registry's to judge, several ranges its to send.
    static boolean isConditional(ClientExchange exchange) {
        HttpFields headers = exchange.headers();
        String range = headers.get("Range");
        return headers.contains("If-None-Match")
                || headers.contains("If-Match")
                || headers.contains("If-Modified-Since")
                || headers.contains("If-Unmodified-Since")
                || (range != null && range.indexOf(',') >= 0);
    }

    private Optional<Asked> understand(ClientExchange exchange) throws ProblemException {
        List<String> query = new ArrayList<>();
        String named = exchange.headers().get(REGISTRY_HEADER);
        for (String parameter : exchange.rawQuery().split("&")) {
            if (parameter.startsWith("ns=")) {
                named = decoded(parameter.substring("ns=".length()));
            } else if (!parameter.isEmpty()) {
                query.add(parameter);
            }
        }
        boolean known = named != null && !named.isEmpty();
        Optional<MirrorPath> path =
                MirrorPath.parse(exchange.rawPath(), known, registries::isConfigured);
        if (path.isEmpty()) {
            return Optional.empty();
        }
        String inPath = path.get().registry();
        Registry registry =
                known
                        ? registries.named(String.valueOf(named))
                        : inPath.isEmpty() ? registries.usual() : registries.named(inPath);
        return Optional.of(new Asked(path.get(), known, registry, String.join("&", query)));
    }

    private static String decoded(String text) throws ProblemException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "bad-query", "ns is not URL-encoded");
        }
    }

    private static SwarmAnswer.Wanted wanted(ClientExchange exchange, Asked asked) {
        Registry registry = asked.registry();
        Digest digest = Objects.requireNonNull(asked.path().digest());
        List<Header> credentials =
                shown(exchange, registry)
                        .map(shown -> List.of(new Header("Authorization", shown)))
                        .orElse(List.of());
        TaskSpec spec =
                new TaskSpec(
                        registry.at(asked.path().path()),
                        credentials,
                        List.of(),
                        "",
                        digest,
                        registry.insecure(),
                        registry.caCerts());
        HttpFields.Mutable headers = HttpFields.build();
        headers.put("Docker-Content-Digest", digest.toString());
        headers.put("Docker-Distribution-Api-Version", "registry/2.0");
        return new SwarmAnswer.Wanted(spec, headers);
    }

    private static Optional<String> shown(ClientExchange exchange, Registry registry) {
        String given = exchange.headers().get("Authorization");
        return given == null ? Optional.empty() : Credentials.shown(registry, given);
    }

    private PassThrough.Way way(ClientExchange exchange, Asked asked) {
        Registry registry = asked.registry();
        ProxyMeter.Asked what =
                switch (asked.path().kind()) {
                    case BLOB -> ProxyMeter.Asked.BLOB;
                    case MANIFEST -> ProxyMeter.Asked.MANIFEST;
                    case PING, OTHER -> ProxyMeter.Asked.OTHER;
                };
        return new PassThrough.Way(
                registry.remote(),
                asked.pathQuery(),
                new PassThrough.Trust(registry.insecure(), registry.caCerts()),
                registry.named() || upstreams.loopback(),
                what,
                headers -> request(headers, exchange, registry),
                headers -> answer(headers, exchange, asked));
    }

    private static HttpFields.Mutable request(
            HttpFields.Mutable headers, ClientExchange exchange, Registry registry) {
        headers.remove(REGISTRY_HEADER);
        headers.remove("Authorization");
        shown(exchange, registry).ifPresent(shown -> headers.put("Authorization", shown));
        return headers;
    }

    /// Where the path says the registry, the names in the answer begin with it, too: else the
    /// client would ask for what we do not know.
    private static HttpFields.Mutable answer(
            HttpFields.Mutable headers, ClientExchange exchange, Asked asked) {
        String prefix = asked.path().registry();
        if (prefix.isEmpty()) {
            return headers;
        }
        List<String> challenges = headers.getValuesList("WWW-Authenticate");
        headers.remove("WWW-Authenticate");
        for (String line : challenges) {
            for (Challenge challenge : Challenge.parse(line)) {
                headers.add("WWW-Authenticate", renamed(challenge, exchange, prefix).toString());
            }
        }
        String location = headers.get("Location");
        if (location != null && location.startsWith("/v2/")) {
            headers.put("Location", "/v2/" + prefix + location.substring("/v2".length()));
        }
        String link = headers.get("Link");
        if (link != null && link.startsWith("</v2/")) {
            headers.put("Link", "</v2/" + prefix + link.substring("</v2".length()));
        }
        return headers;
    }

    private static Challenge renamed(Challenge challenge, ClientExchange exchange, String prefix) {
        if (!challenge.is("bearer")) {
            return challenge;
        }
        Challenge ours = TokenService.challenge(exchange, challenge.parameter("service"));
        String scope = challenge.parameter("scope");
        if (!scope.isEmpty()) {
            ours = ours.with("scope", Scope.rename(scope, name -> prefix + "/" + name));
        }
        String error = challenge.parameter("error");
        return error.isEmpty() ? ours : ours.with("error", error);
    }
}
