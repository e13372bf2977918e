// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;

/// An origin did not give what was asked. The message is one line for users, without credentials.
public final class OriginException extends IOException {
    private static final long serialVersionUID = 1L;

    /// What went wrong, as users and exit codes tell it apart.
    public enum Kind {
        /// 404, 410.
        NOT_FOUND("origin-not-found"),
        /// 401, 403, 407.
        DENIED("origin-denied"),
        /// 429, 503 and other 5xx, after the client gave up.
        UNAVAILABLE("origin-unavailable"),
        /// Any other status.
        STATUS("origin-status"),
        /// DNS, connection refused, time-out, reset, truncated.
        NETWORK("origin-network"),
        TLS("origin-tls"),
        /// Redirect loop, bad Content-Range, content encoding that cannot be undone, and the like.
        PROTOCOL("origin-protocol"),
        /// The content is not the version that was asked for any more.
        CHANGED("origin-changed"),
        /// The content has not the digest that its URL or the user named.
        MISMATCH("digest-mismatch"),
        /// The URL's scheme is not known, or this URL is not allowed.
        REFUSED("url-refused");

        private final String code;

        Kind(String code) {
            this.code = code;
        }

        /// The word of the table in docs/reference.
        public String code() {
            return code;
        }
    }

    private final Kind kind;
    private final boolean retryable;
    private final transient Duration retryAfter;
    private final transient String challenge;

    /// Of kind DENIED.
    ///
    /// @param challenge how the origin wants to be shown who asks: its `WWW-Authenticate`, or empty
    public static OriginException denied(String message, String challenge) {
        return new OriginException(Kind.DENIED, message, false, Duration.ZERO, null, challenge);
    }

    private OriginException(
            Kind kind,
            String message,
            boolean retryable,
            Duration retryAfter,
            @Nullable Throwable cause,
            String challenge) {
        super(message, cause);
        this.kind = kind;
        this.retryable = retryable;
        this.retryAfter = retryAfter;
        this.challenge = challenge;
    }

    public OriginException(Kind kind, String message, boolean retryable, Duration retryAfter) {
        this(kind, message, retryable, retryAfter, null, "");
    }

    /// Without a cause and without a Retry-After.
    public OriginException(Kind kind, String message, boolean retryable) {
        this(kind, message, retryable, Duration.ZERO);
    }

    public OriginException(
            Kind kind, String message, boolean retryable, @Nullable Throwable cause) {
        this(kind, message, retryable, Duration.ZERO, cause, "");
    }

    public Kind kind() {
        return kind;
    }

    /// Whether the same request may succeed later.
    public boolean retryable() {
        return retryable;
    }

    /// How the origin wants to be shown who asks, as it says it; or empty.
    public String challenge() {
        return challenge;
    }

    /// Whether nothing listens where the origin should be.
    boolean connectionRefused() {
        Throwable cause = getCause();
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof ConnectException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /// What the origin asked for in Retry-After, else zero.
    public Duration retryAfter() {
        return retryAfter;
    }
}
