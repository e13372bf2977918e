// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import io.dragonfly.core.model.Check;

import java.time.Duration;

/// Limits of an HTTP server.
///
/// @param maxHeaderBytes of a request's line and headers
/// @param maxBodyBytes that [Exchange#bytes] and [Exchange#json] read
/// @param idleTimeout a connection on which nothing moves is closed after this time
/// @param headerTimeout a request must be complete up to its body after this time, however steadily
///   its bytes drip in; a new connection must have sent one
/// @param bodyTimeout how long [Exchange#bytes] and [Exchange#json] wait for a body
/// @param stopTimeout requests that run when the server stops get so long to finish
/// @param maxConnections at a time; more wait in the kernel's queue
public record HttpSettings(
        int maxHeaderBytes,
        int maxBodyBytes,
        Duration idleTimeout,
        Duration headerTimeout,
        Duration bodyTimeout,
        Duration stopTimeout,
        int maxConnections) {
    public static final HttpSettings DEFAULT =
            new HttpSettings(
                    32 << 10,
                    1 << 20,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5),
                    25_000);

    public HttpSettings {
        Check.argument(
                maxHeaderBytes >= 1024 && maxBodyBytes >= 0 && maxConnections > 0,
                "limits must be positive");
        Check.argument(
                idleTimeout.isPositive()
                        && headerTimeout.isPositive()
                        && bodyTimeout.isPositive()
                        && !stopTimeout.isNegative(),
                "timeouts must be positive");
    }

    public HttpSettings withIdleTimeout(Duration timeout) {
        return new HttpSettings(
                maxHeaderBytes,
                maxBodyBytes,
                timeout,
                headerTimeout,
                bodyTimeout,
                stopTimeout,
                maxConnections);
    }

    public HttpSettings withHeaderTimeout(Duration timeout) {
        return new HttpSettings(
                maxHeaderBytes,
                maxBodyBytes,
                idleTimeout,
                timeout,
                bodyTimeout,
                stopTimeout,
                maxConnections);
    }

    public HttpSettings withBodyTimeout(Duration timeout) {
        return new HttpSettings(
                maxHeaderBytes,
                maxBodyBytes,
                idleTimeout,
                headerTimeout,
                timeout,
                stopTimeout,
                maxConnections);
    }

    public HttpSettings withStopTimeout(Duration timeout) {
        return new HttpSettings(
                maxHeaderBytes,
                maxBodyBytes,
                idleTimeout,
                headerTimeout,
                bodyTimeout,
                timeout,
                maxConnections);
    }

    public HttpSettings withMaxConnections(int connections) {
        return new HttpSettings(
                maxHeaderBytes,
                maxBodyBytes,
                idleTimeout,
                headerTimeout,
                bodyTimeout,
                stopTimeout,
                connections);
    }

    public HttpSettings withMaxHeaderBytes(int bytes) {
        return new HttpSettings(
                bytes,
                maxBodyBytes,
                idleTimeout,
                headerTimeout,
                bodyTimeout,
                stopTimeout,
                maxConnections);
    }

    public HttpSettings withMaxBodyBytes(int bytes) {
        return new HttpSettings(
                maxHeaderBytes,
                bytes,
                idleTimeout,
                headerTimeout,
                bodyTimeout,
                stopTimeout,
                maxConnections);
    }
}
