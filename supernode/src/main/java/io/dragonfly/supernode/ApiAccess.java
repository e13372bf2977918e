// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Secret;
import io.dragonfly.net.http.Exchange;
import io.dragonfly.net.http.ProblemException;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// Who may change something by the API: whoever calls from this machine, and whoever shows the
/// token. Thread-safe.
final class ApiAccess {
    private static final String BEARER = "Bearer ";

    /// Set by proxies, which call from this machine for others, and by browsers, which call for
    /// whatever page they show.
    private static final List<String> FOR_OTHERS =
            List.of("Forwarded", "X-Forwarded-For", "Via", "Origin");

    private volatile @Nullable String token;

    /// @param token null: none is enough
    ApiAccess(@Nullable String token) {
        this.token = token;
    }

    /// The token from now on.
    void token(@Nullable String other) {
        token = other;
    }

    /// Lets the caller pass.
    ///
    /// @throws ProblemException 401 without the token, 403 where none would help
    void require(Exchange exchange) throws ProblemException {
        boolean forOthers = FOR_OTHERS.stream().anyMatch(name -> exchange.header(name).isPresent());
        if (exchange.isLocal() && !forOthers) {
            return;
        }
        String wanted = token;
        if (wanted == null) {
            throw new ProblemException(
                    403,
                    "not-permitted",
                    "only callers on the supernode's machine may do this; others could with a"
                            + " token: see --api-token-file");
        }
        if (!shows(exchange.header("Authorization"), wanted)) {
            exchange.answerHeader("WWW-Authenticate", "Bearer");
            throw new ProblemException(
                    401,
                    "token-wanted",
                    "this needs the header 'Authorization: Bearer' with the API's token");
        }
    }

    private static boolean shows(Optional<String> header, String wanted) {
        return header.filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip())
                .filter(shown -> Secret.sameText(wanted, shown))
                .isPresent();
    }
}
