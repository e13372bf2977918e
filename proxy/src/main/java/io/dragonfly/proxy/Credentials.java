// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// Tokens of our own, for clients that ask us for one because the path of their requests says the
/// registry. They say what the client shows to a registry that has no token service: nothing, or
/// its name and password.
final class Credentials {
    private static final String BEARER = "Bearer ";
    private static final String OURS = "dragonfly.";
    private static final String BASIC = OURS + "basic.";

    private Credentials() {}

    /// For a registry that asks for nothing.
    static String none() {
        return OURS + "none";
    }

    /// For a registry that asks for name and password.
    ///
    /// @param basic value of an Authorization header, `Basic ...`
    static String basic(Registry registry, String basic) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return BASIC
                + encoder.encodeToString(registry.name().getBytes(StandardCharsets.UTF_8))
                + "."
                + encoder.encodeToString(basic.getBytes(StandardCharsets.UTF_8));
    }

    /// What a registry gets to see of what a client sent us.
    ///
    /// @param authorization value of the client's header
    /// @return empty for nothing
    static Optional<String> shown(Registry registry, String authorization) {
        if (!authorization.regionMatches(true, 0, BEARER + OURS, 0, (BEARER + OURS).length())) {
            return Optional.of(authorization);
        }
        String token = authorization.substring(BEARER.length()).strip();
        if (!token.startsWith(BASIC)) {
            return Optional.empty();
        }
        String[] parts = token.substring(BASIC.length()).split("\\.", -1);
        try {
            // Name and password are for the registry that they were given for.
            return parts.length == 2 && text(parts[0]).equals(registry.name())
                    ? Optional.of(text(parts[1])).filter(Credentials::isBasic)
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    static boolean isBasic(String authorization) {
        return authorization.regionMatches(true, 0, "Basic ", 0, 6)
                && authorization.chars().allMatch(c -> c >= ' ' && c < 127);
    }

    private static String text(String encoded) {
        return new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
    }
}
