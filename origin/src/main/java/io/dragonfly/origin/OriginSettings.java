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
/// @param idleTimeout longest time without a byte: an origin may stand still for so long
/// @param userAgent sent where the user gives none
/// @param guard which addresses an origin may have
/// @param loopback whether they may be this machine's own
/// @param maxConnections to one origin at a time, of all who are read with the same trust; more
///   wait
public record OriginSettings(
        List<Path> fileRoots,
        Map<String, String> environment,
        Duration connectTimeout,
        Duration idleTimeout,
        String userAgent,
        AddressGuard guard,
        OriginRules.Loopback loopback,
        int maxConnections) {
    /// An origin that is stopped for a minute must fail nobody.
    public static final Duration IDLE = Duration.ofMinutes(2);

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
        this(
                fileRoots,
                environment,
                connectTimeout,
                idleTimeout,
                userAgent,
                AddressGuard.STANDARD,
                OriginRules.Loopback.ANY,
                DEFAULT_MAX_CONNECTIONS);
    }

    public OriginSettings(
            List<Path> fileRoots,
            Map<String, String> environment,
            Duration connectTimeout,
            Duration idleTimeout,
            String userAgent,
            AddressGuard guard,
            OriginRules.Loopback loopback) {
        this(
                fileRoots,
                environment,
                connectTimeout,
                idleTimeout,
                userAgent,
                guard,
                loopback,
                DEFAULT_MAX_CONNECTIONS);
    }

    public static OriginSettings defaults(Map<String, String> environment) {
        return new OriginSettings(
                List.of(), environment, Duration.ofSeconds(10), IDLE, "dragonfly/0.1");
    }

    public OriginSettings withGuard(AddressGuard newGuard) {
        return new OriginSettings(
                fileRoots,
                environment,
                connectTimeout,
                idleTimeout,
                userAgent,
                newGuard,
                loopback,
                maxConnections);
    }

    public OriginSettings withRules(OriginRules rules) {
        return new OriginSettings(
                fileRoots,
                environment,
                connectTimeout,
                idleTimeout,
                userAgent,
                rules.guard(),
                rules.loopback(),
                maxConnections);
    }

    public OriginSettings withMaxConnections(int connections) {
        return new OriginSettings(
                fileRoots,
                environment,
                connectTimeout,
                idleTimeout,
                userAgent,
                guard,
                loopback,
                connections);
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
