// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

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
public record OriginSettings(
        List<Path> fileRoots,
        Map<String, String> environment,
        Duration connectTimeout,
        Duration idleTimeout,
        String userAgent) {
    public static OriginSettings defaults(Map<String, String> environment) {
        return new OriginSettings(
                List.of(),
                environment,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                "dragonfly/0.1");
    }
}
