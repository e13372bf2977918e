// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.URI;
import java.util.List;

final class TaskKeyTest {
    private static final TaskSpec PLAIN = spec("http://a.b/c?x=1&y=2");

    private static TaskSpec spec(String url, String... headers) {
        return new TaskSpec(
                URI.create(url),
                List.of(headers).stream().map(Header::parse).toList(),
                List.of("sig"),
                "",
                null,
                false,
                "");
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP://A.B/c?x=1&y=2",
        "http://a.b:80/c?x=1&y=2",
        "http://a.b/c?x=1&y=2#part",
        "http://a.b/c?x=1&y=2&sig=s3cret",
    })
    void equalRequestsMeet(String url) {
        assertThat(TaskKey.of(spec(url))).isEqualTo(TaskKey.of(PLAIN));
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.b/c?x=1&y=2",
        "http://a.b:81/c?x=1&y=2",
        "http://a.b/C?x=1&y=2",
        "http://a.b/c?y=2&x=1",
        "http://a.b/c?x=1&y=3",
    })
    void otherRequestsDoNot(String url) {
        assertThat(TaskKey.of(spec(url))).isNotEqualTo(TaskKey.of(PLAIN));
    }

    @Test
    void headersBelongToTheKeyButNotWhoAsksAndFromWhere() {
        assertThat(TaskKey.of(spec("http://a.b/", "Accept-Language: de")))
                .isNotEqualTo(TaskKey.of(spec("http://a.b/")));
        assertThat(TaskKey.of(spec("http://a.b/", "User-Agent: x", "traceparent: 1")))
                .isEqualTo(TaskKey.of(spec("http://a.b/")));
        assertThat(TaskKey.of(spec("http://a.b/", "X: 1", "Y: 2")))
                .isEqualTo(TaskKey.of(spec("http://a.b/", "Y: 2", "X: 1")));
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.b/, Authorization: Bearer s3cret",
        "http://a.b/, Cookie: s3cret",
        "http://a.b/, Proxy-Authorization: s3cret",
        "http://me:s3cret@a.b/, User-Agent: x",
    })
    void credentialsAreAKeyOfTheirOwn(String url, String header) {
        TaskSpec with = spec(url, header);

        assertThat(TaskKey.credentials(with)).isNotEmpty().doesNotContain("s3cret");
        assertThat(TaskKey.of(with)).isNotEqualTo(TaskKey.shared(with));
        assertThat(TaskKey.credentials(PLAIN)).isEmpty();
        assertThat(TaskKey.of(PLAIN)).isEqualTo(TaskKey.shared(PLAIN));
    }

    @Test
    void whateverTheCredentialsTheSharedTaskIsOne() {
        assertThat(TaskKey.shared(spec("http://me:x@a.b/", "Cookie: y", "Authorization: z")))
                .isEqualTo(TaskKey.shared(spec("http://a.b/")));
    }

    @Test
    void trustTagAndDigestBelongToTheKey() {
        TaskSpec insecure = new TaskSpec(PLAIN.url(), List.of(), List.of(), "", null, true, "");
        TaskSpec tagged = new TaskSpec(PLAIN.url(), List.of(), List.of(), "t", null, false, "");
        Digest digest = Digest.parse("sha256:" + "0".repeat(64));
        TaskSpec digested = new TaskSpec(PLAIN.url(), List.of(), List.of(), "", digest, false, "");

        assertThat(List.of(PLAIN, insecure, tagged, digested))
                .extracting(TaskKey::of)
                .doesNotHaveDuplicates();
    }
}
