// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.util.List;
import java.util.Optional;

final class BlobTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final Digest DIGEST = Digest.parse("sha256:" + HEX);

    private static TaskSpec spec(String url, Digest digest, Header... headers) {
        return new TaskSpec(URI.create(url), List.of(headers), List.of(), "", digest, false, "");
    }

    private static Optional<Blob> blob(String url) {
        return Blob.of(spec(url, DIGEST));
    }

    @Test
    void theUrlOfABlobSaysRegistryRepositoryAndDigest() {
        assertThat(blob("HTTPS://A.b.com/v2/library/ubuntu/blobs/sha256:" + HEX))
                .contains(new Blob("https://a.b.com:443", "library/ubuntu", DIGEST));
        assertThat(blob("http://h:5000/v2/a__b/c-d.e/blobs/sha256:" + HEX))
                .contains(new Blob("http://h:5000", "a__b/c-d.e", DIGEST));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://h/v2/a/../b/blobs/sha256:",
                "https://h/v2/a/%2e%2e/b/blobs/sha256:",
                "https://h/v2/a//b/blobs/sha256:",
                "https://h/v2/a%2Fb/blobs/sha256:",
                "https://h/v2/A/blobs/sha256:",
                "https://h/v2/a/blobs/uploads/sha256:",
                "https://h/v2/blobs/sha256:",
                "https://h//v2/a/blobs/sha256:",
                "https://h/x/v2/a/blobs/sha256:",
                "https://h/v2/a/manifests/sha256:",
                "ftp://h/v2/a/blobs/sha256:",
            })
    void whatCouldBeReadDifferentlyIsNoBlob(String url) {
        assertThat(blob(url + HEX)).isEmpty();
    }

    @Test
    void aQueryOrAnotherDigestMakesItNone() {
        String url = "https://h/v2/a/blobs/sha256:" + HEX;
        assertThat(blob(url)).isPresent();
        assertThat(blob(url + "?ns=x")).isEmpty();
        assertThat(Blob.of(spec(url, Digest.parse("sha256:" + "1".repeat(64))))).isEmpty();
        assertThat(Blob.of(TaskSpec.of(URI.create(url)))).isEmpty();
        assertThat(blob("https://h/v2/" + "a/".repeat(500) + "blobs/sha256:" + HEX)).isEmpty();
    }

    @Test
    void theTaskOfABlobIsItsScopeAndDigest() {
        TaskSpec one = spec("https://h/v2/a/blobs/sha256:" + HEX, DIGEST);
        TaskSpec two =
                spec(
                        "https://h/v2/b/c/blobs/sha256:" + HEX,
                        DIGEST,
                        new Header("Authorization", "Bearer x"));
        assertThat(TaskKey.blob(one, "s")).isEqualTo(TaskKey.blob(two, "s"));
        assertThat(TaskKey.blob(one, "s")).isNotEqualTo(TaskKey.blob(one, "t"));
        TaskSpec insecure = new TaskSpec(one.url(), List.of(), List.of(), "", DIGEST, true, "");
        assertThat(TaskKey.blob(one, "s")).isNotEqualTo(TaskKey.blob(insecure, "s"));
    }

    @Test
    void whoAsksIsSaidByCredentialsAndUnknownHeaders() {
        String url = "https://h/f";
        assertThat(TaskKey.identity(spec(url, DIGEST))).isEmpty();
        Header[] harmless = {
            new Header("Accept", "a"), new Header("User-Agent", "b"), new Header("TraceParent", "c")
        };
        assertThat(TaskKey.identity(spec(url, DIGEST, harmless))).isEmpty();
        String bearer = TaskKey.identity(spec(url, DIGEST, new Header("Authorization", "x")));
        String token = TaskKey.identity(spec(url, DIGEST, new Header("X-Auth-Token", "x")));
        assertThat(bearer).isNotEmpty().isNotEqualTo(token);
        assertThat(token).isNotEmpty();
    }
}
