// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.origin.Freshness;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

final class CacheHeadersTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cache-Control: max-age=60 | 60 | false",
                "Cache-Control: MAX-AGE=\"60\" | 60 | false",
                "Cache-Control: max-age=60, s-maxage=10 | 10 | false",
                "Cache-Control: max-age=60; Age: 20 | 40 | false",
                "Cache-Control: max-age=60; Age: 100 | 0 | false",
                "Cache-Control: max-age=60, no-cache | 0 | false",
                "Cache-Control: max-age=60, no-store | 0 | true",
                "Cache-Control: private, max-age=60 | 60 | true",
                "Cache-Control: max-age=x | 0 | false",
                "Cache-Control: max-age=99999999999 | 31536000 | false",
                "Cache-Control: public | 0 | false",
                "Cache-Control: max-age=5; Expires: Fri, 20 Nov 2026 13:00:00 GMT | 5 | false",
                "Expires: Fri, 20 Nov 2026 12:01:00 GMT | 60 | false",
                "Expires: Fri, 20 Nov 2026 12:01:00 GMT; Date: Fri, 20 Nov 2026 11:59:00 GMT"
                        + " | 120 | false",
                "Expires: Fri, 20 Nov 2026 11:00:00 GMT | 0 | false",
                "Expires: 0 | 0 | false",
                "Pragma: no-cache | 0 | false",
                "Vary: * | 0 | true",
                "Vary: Accept-Encoding; Cache-Control: max-age=9 | 9 | false",
                "Vary: Accept-Encoding, Authorization | 0 | true",
                "Vary: Cookie | 0 | false",
                "X: y | 0 | false"
            })
    void freshnessFollowsTheHeaders(String headers, long seconds, boolean mustNotShare) {
        Map<String, String> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header : headers.split(";")) {
            String[] parts = header.split(":", 2);
            map.put(parts[0].strip(), parts[1].strip());
        }

        assertThat(
                        CacheHeaders.freshness(
                                name -> map.getOrDefault(name, ""), Set.of("authorization"), NOW))
                .isEqualTo(new Freshness(seconds, mustNotShare));
    }
}
