// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Check;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What every origin client obeys.
///
/// @param fileRoots directories below which `file://` URLs may be read; empty: none
/// @param environment for `http_proxy`, `https_proxy`, `no_proxy`
/// @param connectTimeout to the origin
/// @param idleTimeout longest time without a byte
/// @param userAgent sent where the user gives none
/// @param guard which addresses an origin may have
/// @param maxConnections to one origin at a time, of all who are read with the same trust; more
///   wait
public record OriginSettings(
        List<Path> fileRoots,
        Map<String, String> environment,
        Duration connectTimeout,
        Duration idleTimeout,
        String userAgent,
        AddressGuard guard,
        int maxConnections) {
    private static final int DEFAULT_MAX_CONNECTIONS = 64;

    public OriginSettings {
        fileRoots = List.copyOf(fileRoots);
        environment = Map.copyOf(environment);
        Check.argument(maxConnections > 0, "max connections must be > 0: %d", maxConnections);
    }

    public OriginSettings(
            List<Path> fileRoots,
            Map<String, String> environment,
            Duration connectTimeout,
            Duration idleTimeout,
            String userAgent) {
        this(fileRoots, environment, connectTimeout, idleTimeout, userAgent, AddressGuard.STANDARD);
    }

    public OriginSettings(
            List<Path> fileRoots,
            Map<String, String> environment,
            Duration connectTimeout,
            Duration idleTimeout,
            String userAgent,
            AddressGuard guard) {
        this(
                fileRoots,
                environment,
                connectTimeout,
                idleTimeout,
                userAgent,
                guard,
                DEFAULT_MAX_CONNECTIONS);
    }

    public static OriginSettings defaults(Map<String, String> environment) {
        return new OriginSettings(
                List.of(),
                environment,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                "dragonfly/0.1");
    }

    public OriginSettings withGuard(AddressGuard newGuard) {
        return new OriginSettings(
                fileRoots,
                environment,
                connectTimeout,
                idleTimeout,
                userAgent,
                newGuard,
                maxConnections);
    }

    /// Shows no environment: a proxy's URL may have a password.
    @Override
    public String toString() {
        return "OriginSettings[fileRoots="
                + fileRoots
                + ", connectTimeout="
                + connectTimeout
                + ", idleTimeout="
                + idleTimeout
                + "]";
    }
}
