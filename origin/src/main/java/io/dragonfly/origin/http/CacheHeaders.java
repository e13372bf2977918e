// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.origin.Freshness;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads what the headers of an answer say about time: freshness (RFC 9111) and Retry-After.
final class CacheHeaders {
    /// A year: what is longer is as good as for ever.
    private static final long MAX_SECONDS = 365L * 24 * 3600;

    private CacheHeaders() {}

    /// @param header gives all values of a header joined by commas, or an empty string
    /// @param credentials names of the headers with credentials that the request had, lower case
    static Freshness freshness(
            Function<String, String> header, Set<String> credentials, Instant now) {
        Map<String, String> directives = directives(header.apply("Cache-Control"));
        boolean mustNotShare =
                directives.containsKey("private")
                        || directives.containsKey("no-store")
                        || varies(header.apply("Vary"), credentials);
        boolean askAgain =
                directives.containsKey("no-cache")
                        || directives.containsKey("no-store")
                        || (directives.isEmpty()
                                && header.apply("Pragma")
                                        .toLowerCase(Locale.ROOT)
                                        .contains("no-cache"));
        if (askAgain) {
            return new Freshness(0, mustNotShare);
        }
        long lifetime = lifetime(directives, header, now);
        long age = seconds(header.apply("Age"));
        return new Freshness(Math.clamp(lifetime - Math.max(0, age), 0, MAX_SECONDS), mustNotShare);
    }

    /// Whether others, who send other credentials, may get something else. What else a request
    /// carries is part of the task key.
    private static boolean varies(String vary, Set<String> credentials) {
        for (String part : vary.split(",")) {
            String name = part.strip().toLowerCase(Locale.ROOT);
            if (name.equals("*") || credentials.contains(name)) {
                return true;
            }
        }
        return false;
    }

    private static long lifetime(
            Map<String, String> directives, Function<String, String> header, Instant now) {
        for (String name : new String[] {"s-maxage", "max-age"}) {
            if (directives.containsKey(name)) {
                // A value that cannot be read means stale (RFC 9111, 4.2.1).
                return Math.max(0, seconds(directives.get(name)));
            }
        }
        Optional<Instant> expires = date(header.apply("Expires"));
        if (expires.isEmpty()) {
            return 0;
        }
        Instant date = date(header.apply("Date")).orElse(now);
        return Duration.between(date, expires.get()).toSeconds();
    }

    /// What Retry-After asks for from `now` on: seconds or a date; zero where it says nothing.
    static Duration retryAfter(String value, Instant now) {
        long seconds = seconds(value);
        if (seconds < 0) {
            seconds = date(value).map(d -> Duration.between(now, d).toSeconds()).orElse(0L);
        }
        return Duration.ofSeconds(Math.clamp(seconds, 0, MAX_SECONDS));
    }

    private static Map<String, String> directives(String text) {
        Map<String, String> directives = new LinkedHashMap<>();
        for (String part : text.split(",")) {
            String directive = part.strip();
            int equals = directive.indexOf('=');
            String name = equals < 0 ? directive : directive.substring(0, equals).strip();
            String value = equals < 0 ? "" : directive.substring(equals + 1).strip();
            if (!name.isEmpty()) {
                directives.putIfAbsent(name.toLowerCase(Locale.ROOT), value.replace("\"", ""));
            }
        }
        return directives;
    }

    /// -1 where the text is not a number of seconds.
    private static long seconds(String text) {
        String digits = text.strip();
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        return digits.length() > 10 ? MAX_SECONDS : Math.min(MAX_SECONDS, Long.parseLong(digits));
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(
                    ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeException e) {
            // Dates that cannot be read count as not sent, or for Expires as the past.
            return Optional.empty();
        }
    }
}
