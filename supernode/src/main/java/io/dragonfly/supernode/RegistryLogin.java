// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Gets what registries want to see: tokens from their token services, for name and password or for
/// nobody. Equal questions (token service, service, scope, credentials) are asked once and
/// remembered until shortly before the token expires. Thread-safe; all in memory.
final class RegistryLogin {
    private static final Pattern PARAMETER =
            Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|([^\\s,\"]+))");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_ANSWER = 64 << 10;
    private static final int MAX_TOKENS = 1000;

    /// A token is not used in its last seconds; without a word about its end it has one minute.
    private static final long SPARE_MILLIS = 10_000;

    private static final long DEFAULT_SECONDS = 60;
    private static final long MAX_SECONDS = 3600;

    /// Asks an origin for a small document.
    interface Fetch {
        byte[] fetch(TaskSpec spec, int maxBytes) throws OriginException;
    }

    /// Who asks.
    ///
    /// @param name null: nobody
    record Credentials(@Nullable String name, @Nullable String password) {
        static final Credentials NONE = new Credentials(null, null);

        /// The value of an `Authorization` header; null for nobody.
        @Nullable String basic() {
            if (name == null) {
                return null;
            }
            String pair = name + ":" + (password == null ? "" : password);
            byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(bytes);
        }

        @Override
        public String toString() {
            return "Credentials[" + (name == null ? "none" : "***") + "]";
        }
    }

    private record Token(String authorization, long untilMillis) {}

    private final Fetch fetch;
    private final LongSupplier clockMillis;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Token> tokens = new LinkedHashMap<>();
    private final ReentrantLock[] asking =
            Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

    RegistryLogin(Fetch fetch, LongSupplier clockMillis) {
        this.fetch = fetch;
        this.clockMillis = clockMillis;
    }

    /// The `Authorization` that a challenge asks for; null where nothing can be shown.
    ///
    /// @param asked what was refused
    /// @param challenge `WWW-Authenticate` of the refusal
    /// @throws OriginException where the token service gives none
    @Nullable String authorization(TaskSpec asked, String challenge, Credentials who)
            throws OriginException {
        String scheme = challenge.strip().toLowerCase(Locale.ROOT);
        if (scheme.startsWith("basic")) {
            return who.basic();
        }
        if (!scheme.startsWith("bearer")) {
            return null;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        Matcher matcher = PARAMETER.matcher(challenge);
        while (matcher.find() && parameters.size() < 16) {
            String value = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
            parameters.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), value);
        }
        return token(service(asked, parameters), asked, who);
    }

    private static URI service(TaskSpec asked, Map<String, String> parameters)
            throws OriginException {
        String realm = parameters.getOrDefault("realm", "");
        boolean secure = "https".equalsIgnoreCase(asked.url().getScheme());
        boolean ok = realm.startsWith("https://") || (!secure && realm.startsWith("http://"));
        StringBuilder url = new StringBuilder(realm);
        for (String name : List.of("service", "scope")) {
            String value = parameters.get(name);
            if (value != null) {
                url.append(url.indexOf("?") < 0 ? '?' : '&')
                        .append(name)
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        try {
            if (ok) {
                return URI.create(url.toString());
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new OriginException(
                Kind.DENIED, "the registry names no token service that can be asked", false);
    }

    private String token(URI service, TaskSpec asked, Credentials who) throws OriginException {
        String basic = who.basic();
        String key =
                Sha256.of(
                                (service + "\n" + basic + "\n" + asked.insecure() + asked.caCerts())
                                        .getBytes(StandardCharsets.UTF_8))
                        .hex();
        ReentrantLock turn = asking[Math.floorMod(key.hashCode(), asking.length)];
        turn.lock();
        try {
            String known = known(key);
            if (known != null) {
                return known;
            }
            List<Header> headers =
                    basic == null ? List.of() : List.of(new Header("Authorization", basic));
            TaskSpec spec =
                    new TaskSpec(
                            service,
                            headers,
                            List.of(),
                            "",
                            null,
                            asked.insecure(),
                            asked.caCerts());
            return remember(key, fetch.fetch(spec, MAX_ANSWER));
        } finally {
            turn.unlock();
        }
    }

    private @Nullable String known(String key) {
        lock.lock();
        try {
            Token token = tokens.get(key);
            boolean good = token != null && clockMillis.getAsLong() < token.untilMillis();
            return good && token != null ? token.authorization() : null;
        } finally {
            lock.unlock();
        }
    }

    private String remember(String key, byte[] answer) throws OriginException {
        String token;
        long seconds;
        try {
            JsonNode json = JSON.readTree(answer);
            token = json.path("token").asText(json.path("access_token").asText(""));
            seconds = Math.clamp(json.path("expires_in").asLong(DEFAULT_SECONDS), 0, MAX_SECONDS);
        } catch (IOException e) {
            token = "";
            seconds = 0;
        }
        if (token.isEmpty() || !token.chars().allMatch(c -> c > 32 && c < 127)) {
            throw new OriginException(
                    Kind.PROTOCOL, "the registry's token service answered without a token", false);
        }
        String authorization = "Bearer " + token;
        long until = clockMillis.getAsLong() + seconds * 1000 - SPARE_MILLIS;
        lock.lock();
        try {
            tokens.remove(key);
            if (tokens.size() >= MAX_TOKENS) {
                tokens.remove(tokens.keySet().iterator().next());
            }
            tokens.put(key, new Token(authorization, until));
        } finally {
            lock.unlock();
        }
        return authorization;
    }
}
