// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Optional;
import java.util.Random;

final class MirrorPathTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    private static Optional<MirrorPath> parse(String path) {
        return MirrorPath.parse(path, false, "corp"::equals);
    }

    @ParameterizedTest
    @CsvSource({
        "/v2, '', /v2/, PING, ''",
        "/v2/, '', /v2/, PING, ''",
        "/a.b.com/v2/, a.b.com, /v2/, PING, ''",
        "/v2/library/app/manifests/latest, '', /v2/library/app/manifests/latest, MANIFEST,"
                + " library/app",
        "/v2/a.b.com/x/app/manifests/1.0, a.b.com, /v2/x/app/manifests/1.0, MANIFEST, x/app",
        "/v2/a.b.com:5000/app/tags/list, a.b.com:5000, /v2/app/tags/list, OTHER, app",
        "/v2/localhost/app/tags/list, localhost, /v2/app/tags/list, OTHER, app",
        "/v2/[::1]:5000/app/tags/list, [::1]:5000, /v2/app/tags/list, OTHER, app",
        "/v2/corp/app/manifests/1, corp, /v2/app/manifests/1, MANIFEST, app",
        "/v2/other/app/manifests/1, '', /v2/other/app/manifests/1, MANIFEST, other/app",
        "/v2/app/blobs/uploads/, '', /v2/app/blobs/uploads/, OTHER, app",
        "/v2/app/blobs/sha256:00, '', /v2/app/blobs/sha256:00, OTHER, app",
        "/v2/_catalog, '', /v2/_catalog, OTHER, ''",
    })
    void a_path_says_registry_and_repository(
            String path, String registry, String at, MirrorPath.Kind kind, String repository) {
        assertThat(parse(path)).contains(new MirrorPath(registry, at, kind, repository, null));
    }

    @Test
    void a_blob_has_a_digest() {
        MirrorPath path = parse("/v2/a.b.com/x/blobs/" + DIGEST).orElseThrow();
        assertThat(path.kind()).isEqualTo(MirrorPath.Kind.BLOB);
        assertThat(path.digest()).hasToString(DIGEST);
        assertThat(path.path()).isEqualTo("/v2/x/blobs/" + DIGEST);
    }

    @Test
    void where_the_registry_is_known_the_path_is_all_repository() {
        assertThat(MirrorPath.parse("/v2/a.b.com/x/manifests/1", true, _ -> false))
                .hasValueSatisfying(p -> assertThat(p.repository()).isEqualTo("a.b.com/x"));
        assertThat(MirrorPath.parse("/a.b.com/v2/x/manifests/1", true, _ -> false)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/", "/v1/x", "/v3/", "/a.b.com/x/v2/", "/v22/", "/other/v2/x", "v2/x"})
    void other_paths_are_none(String path) {
        assertThat(parse(path)).isEmpty();
    }

    @Test
    void any_path_is_understood_or_not_and_goes_nowhere_else() {
        long seed = 20261120;
        Random random = new Random(seed);
        String[] parts = {
            "/",
            "v2",
            "a.b.com",
            ":",
            "5000",
            "blobs",
            DIGEST,
            "manifests",
            "..",
            "%2e",
            "@",
            "localhost",
            "",
            "x",
            "?",
            "#",
            "\\",
            "é",
            "uploads",
            "sha256:"
        };
        for (int i = 0; i < 50_000; i++) {
            StringBuilder path = new StringBuilder("/");
            for (int n = random.nextInt(12); n > 0; n--) {
                path.append(parts[random.nextInt(parts.length)]);
                path.append(random.nextBoolean() ? "/" : "");
            }
            Optional<MirrorPath> parsed = parse(path.toString());
            if (parsed.isPresent()) {
                MirrorPath p = parsed.get();
                assertThat(p.path()).as("seed %d: %s", seed, path).startsWith("/v2/");
                assertThat(path.toString()).endsWith(p.path().substring("/v2/".length()));
                assertThat(p.registry().isEmpty() || MirrorPath.isHost(p.registry()))
                        .as("seed %d: %s", seed, path)
                        .isTrue();
                assertThat(p.digest() != null).isEqualTo(p.kind() == MirrorPath.Kind.BLOB);
            }
        }
    }
}
