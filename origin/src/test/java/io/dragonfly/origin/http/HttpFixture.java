// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.AddressGuard;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginRequest;
import io.dragonfly.origin.OriginResponse;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.origin.OriginSettings;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// An HTTP client with a fixed clock.
final class HttpFixture implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    final HttpOrigin client;

    HttpFixture() {
        this(Map.of());
    }

    HttpFixture(Map<String, String> environment) {
        this(environment, Duration.ofSeconds(20), AddressGuard.STANDARD);
    }

    HttpFixture(Map<String, String> environment, Duration idle, AddressGuard guard) {
        this(settings(environment, idle).withGuard(guard));
    }

    HttpFixture(Map<String, String> environment, OriginRules rules) {
        this(settings(environment, Duration.ofSeconds(20)).withRules(rules));
    }

    private HttpFixture(OriginSettings settings) {
        client = new HttpOrigin(settings, InstantSource.fixed(NOW));
    }

    private static OriginSettings settings(Map<String, String> environment, Duration idle) {
        return new OriginSettings(
                List.of(), environment, Duration.ofSeconds(20), idle, "dragonfly-test");
    }

    static TaskSpec spec(URI url, String... headers) {
        return new TaskSpec(
                url,
                List.of(headers).stream().map(Header::parse).toList(),
                List.of(),
                "",
                null,
                false,
                "");
    }

    static OriginRequest range(URI url, long first, long end, String etag) {
        return new OriginRequest(TaskSpec.of(url), first, end, new Validators(etag, ""), null);
    }

    byte[] read(TaskSpec spec) throws IOException {
        return read(OriginRequest.whole(spec));
    }

    byte[] read(OriginRequest request) throws IOException {
        try (OriginResponse response = client.open(request)) {
            return response.body().readAllBytes();
        }
    }

    OriginException failure(URI url) {
        return failure(OriginRequest.whole(TaskSpec.of(url)));
    }

    /// The failure of opening or reading.
    OriginException failure(OriginRequest request) {
        return catchThrowableOfType(OriginException.class, () -> read(request));
    }

    @Override
    public void close() {
        client.close();
    }
}
