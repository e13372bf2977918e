// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.net.http.ProblemException;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.http.HttpForwarder;

import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/// The token service that the mirror names to clients whose registry stands in the path, or
/// nowhere. Such clients (Podman, Buildah, Skopeo, CRI-O; Docker) ask `/v2/` once what credentials
/// are wanted, before they name a repository, and then a token for the name that they know. Here
/// the name says the registry, and its own token service is asked for the real name. Thread-safe.
final class TokenService {
    static final String PATH = "/dragonfly/token";

    private static final long KNOWN_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int MAX_KNOWN = 256;
    private static final int MAX_FORM = 64 << 10;

    private final Registries registries;
    private final HttpForwarder forwarder;
    private final PassThrough passThrough;
    private final ProxyMeter meter;
    private final Upstreams upstreams;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();

    /// What registries want, the oldest first.
    private final Map<String, Known> known = new LinkedHashMap<>();

    /// @param challenge null where it wants nothing
    private record Known(@Nullable Challenge challenge, long sinceNanos) {}

    /// A request for a token.
    ///
    /// @param parameters with the real names
    private record Asked(Registry registry, List<Map.Entry<String, String>> parameters) {
        String query() {
            return String.join(
                    "&",
                    parameters.stream()
                            .map(p -> encoded(p.getKey()) + "=" + encoded(p.getValue()))
                            .toList());
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }

    TokenService(
            Registries registries,
            HttpForwarder forwarder,
            PassThrough passThrough,
            ProxyMeter meter,
            Upstreams upstreams,
            Duration patience,
            LongSupplier nanoTime) {
        this.registries = registries;
        this.forwarder = forwarder;
        this.passThrough = passThrough;
        this.meter = meter;
        this.upstreams = upstreams;
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    /// Answers `/v2/` where nothing says which registry is meant.
    void ping(ClientExchange exchange) throws IOException {
        HttpFields.Mutable headers = HttpFields.build();
        headers.put("Docker-Distribution-Api-Version", "registry/2.0");
        if (exchange.headers().contains("Authorization")) {
            exchange.json(200, headers, "{}");
            return;
        }
        headers.put("WWW-Authenticate", challenge(exchange, "dragonfly").toString());
        exchange.json(
                401,
                headers,
                "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"ask for a token\"}]}");
    }

    /// A challenge that leads to this service.
    static Challenge challenge(ClientExchange exchange, String service) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("realm", "http://" + exchange.ownAuthority() + PATH);
        parameters.put("service", service);
        return new Challenge("Bearer", parameters);
    }

    /// Answers a request for a token.
    void answer(ClientExchange exchange) throws IOException, ProblemException {
        boolean form = exchange.method().equals("POST");
        Asked asked = asked(form ? exchange.text(MAX_FORM) : exchange.rawQuery());
        Challenge wanted = wanted(asked.registry());
        if (wanted == null) {
            own(exchange, Credentials.none());
        } else if (wanted.is("basic")) {
            String authorization = exchange.headers().get("Authorization");
            if (authorization == null || !Credentials.isBasic(authorization)) {
                throw new ProblemException(
                        401,
                        "unauthorized",
                        asked.registry().name() + " wants a name and a password: log in");
            }
            own(exchange, Credentials.basic(asked.registry(), authorization));
        } else {
            forward(exchange, asked, wanted, form);
        }
    }

    private static void own(ClientExchange exchange, String token) throws IOException {
        HttpFields.Mutable headers = HttpFields.build();
        headers.put("Cache-Control", "no-store");
        exchange.json(
                200,
                headers,
                "{\"token\":\"%1$s\",\"access_token\":\"%1$s\",\"expires_in\":3600}"
                        .formatted(token));
    }

    private void forward(ClientExchange exchange, Asked asked, Challenge wanted, boolean form)
            throws IOException, ProblemException {
        Registry registry = asked.registry();
        URI realm = realm(registry, wanted);
        asked.parameters().removeIf(p -> p.getKey().equals("service"));
        if (!wanted.parameter("service").isEmpty()) {
            asked.parameters().add(Map.entry("service", wanted.parameter("service")));
        }
        String path = realm.getRawPath().isEmpty() ? "/" : realm.getRawPath();
        String query = realm.getRawQuery() == null ? "" : realm.getRawQuery();
        if (!form) {
            query = query.isEmpty() ? asked.query() : query + "&" + asked.query();
        }
        PassThrough.Way way =
                new PassThrough.Way(
                        realm,
                        query.isEmpty() ? path : path + "?" + query,
                        new PassThrough.Trust(registry.insecure(), registry.caCerts()),
                        registry.named() || upstreams.loopback(),
                        ProxyMeter.Asked.TOKEN,
                        UnaryOperator.identity(),
                        UnaryOperator.identity());
        passThrough.answer(
                exchange, form ? way.withBody(asked.query()) : way, ProxyMeter.Answer.PASSED);
    }

    private static URI realm(Registry registry, Challenge wanted) throws ProblemException {
        try {
            URI realm = URI.create(wanted.parameter("realm"));
            String scheme = String.valueOf(realm.getScheme());
            boolean private_ =
                    scheme.equals("https") || registry.remote().getScheme().equals("http");
            if (realm.getHost() != null && private_ && realm.getScheme().startsWith("http")) {
                return realm;
            }
        } catch (IllegalArgumentException _) {
            // The same as one without a host.
        }
        throw new ProblemException(
                502, "origin-protocol", registry.name() + " names no usable token service");
    }

    private Asked asked(String query) throws ProblemException {
        List<Map.Entry<String, String>> parameters = new ArrayList<>();
        Registry registry = null;
        for (String part : query.split("&")) {
            int equals = part.indexOf('=');
            if (equals <= 0) {
                continue;
            }
            String name = decoded(part.substring(0, equals));
            String value = decoded(part.substring(equals + 1));
            if (name.equals("scope")) {
                String repository = Scope.repository(value);
                String prefix = MirrorPath.prefix(repository, registries::isConfigured);
                if (registry == null && !repository.isEmpty()) {
                    registry = prefix.isEmpty() ? registries.usual() : registries.named(prefix);
                }
                value =
                        Scope.rename(
                                value,
                                n ->
                                        !prefix.isEmpty() && n.startsWith(prefix + "/")
                                                ? n.substring(prefix.length() + 1)
                                                : n);
            }
            parameters.add(Map.entry(name, value));
        }
        return new Asked(registry == null ? registries.usual() : registry, parameters);
    }

    private static String decoded(String text) throws ProblemException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "bad-query", "the query is not URL-encoded");
        }
    }

    /// What a registry wants of who asks; null for nothing. Asked once in a while.
    private @Nullable Challenge wanted(Registry registry) throws ProblemException {
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            Known before = known.get(registry.name());
            if (before != null && now - before.sinceNanos() < KNOWN_NANOS) {
                return before.challenge();
            }
        } finally {
            lock.unlock();
        }
        Challenge challenge = ask(registry);
        lock.lock();
        try {
            known.remove(registry.name());
            if (known.size() >= MAX_KNOWN) {
                known.remove(known.keySet().iterator().next());
            }
            known.put(registry.name(), new Known(challenge, now));
        } finally {
            lock.unlock();
        }
        return challenge;
    }

    private @Nullable Challenge ask(Registry registry) throws ProblemException {
        meter.upstream(ProxyMeter.Asked.OTHER);
        HttpForwarder.Call call =
                new HttpForwarder.Call(
                        registry.remote(),
                        "GET",
                        "/v2/",
                        HttpFields.EMPTY,
                        null,
                        registry.insecure(),
                        registry.caCerts(),
                        registry.named() || upstreams.loopback(),
                        patience);
        try (HttpForwarder.Answer answer = forwarder.send(call)) {
            if (answer.status() != 401) {
                return null;
            }
            Challenge basic = null;
            for (String header : answer.headers().getValuesList("WWW-Authenticate")) {
                for (Challenge challenge : Challenge.parse(header)) {
                    if (challenge.is("bearer")) {
                        return challenge;
                    }
                    basic = challenge.is("basic") ? challenge : basic;
                }
            }
            return basic;
        } catch (OriginException e) {
            throw new ProblemException(502, e.kind().code(), String.valueOf(e.getMessage()));
        }
    }
}
