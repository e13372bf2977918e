// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Blob;
import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.TaskKey;
import io.dragonfly.core.model.TaskSpec;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Somebody asks for a blob of a registry.
///
/// @param place through which repository
/// @param identity stands for who asks; empty where nothing says that
/// @param validUntil milliseconds since 1970 when his token says that it expires, else
///   [Long#MAX_VALUE]
record BlobRequest(Place place, Digest digest, String identity, long validUntil) {
    private static final String BEARER = "bearer ";

    /// Anywhere in the claims: the earliest of several counts, which errs on the safe side.
    private static final Pattern EXPIRY = Pattern.compile("\"exp\"\\s*:\\s*(\\d{1,12})");

    /// A repository of a registry, reached with one way of checking its certificate.
    ///
    /// @param registry scheme, host and port
    /// @param trust see [TaskKey#trust]
    record Place(String registry, String trust, String repository) {
        /// The registry alone, whatever the repository.
        String server() {
            return registry + " " + trust;
        }
    }

    static Optional<BlobRequest> of(TaskSpec asked) {
        return Blob.of(asked)
                .map(blob ->
                        new BlobRequest(
                                new Place(blob.registry(), TaskKey.trust(asked), blob.repository()),
                                blob.digest(),
                                TaskKey.identity(asked),
                                expiry(asked)));
    }

    /// Place and identity, as one text.
    String asker() {
        return place.server() + " " + place.repository() + "\n" + identity;
    }

    private static long expiry(TaskSpec asked) {
        long first = Long.MAX_VALUE;
        for (Header header : asked.headers()) {
            String value = header.value();
            boolean token =
                    header.name().equalsIgnoreCase("Authorization")
                            && value.toLowerCase(Locale.ROOT).startsWith(BEARER);
            if (token) {
                first = Math.min(first, expiry(value.substring(BEARER.length()).strip()));
            }
        }
        return first;
    }

    /// Of a JSON web token. Its signature is the registry's matter: a false claim only makes the
    /// registry be asked sooner.
    private static long expiry(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Long.MAX_VALUE;
        }
        try {
            byte[] claims = Base64.getUrlDecoder().decode(parts[1]);
            Matcher matcher = EXPIRY.matcher(new String(claims, StandardCharsets.UTF_8));
            long first = Long.MAX_VALUE;
            while (matcher.find()) {
                first = Math.min(first, Long.parseLong(matcher.group(1)) * 1000);
            }
            return first;
        } catch (IllegalArgumentException e) {
            return Long.MAX_VALUE;
        }
    }

    /// Shows no identity.
    @Override
    public String toString() {
        return "BlobRequest[" + place.registry() + "/" + place.repository() + "@" + digest + "]";
    }
}
