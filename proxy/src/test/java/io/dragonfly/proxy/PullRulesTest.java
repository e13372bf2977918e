// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.proxy.testing.TestRegistry.Access;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The rules of the OCI distribution specification for pulling, held by the mirror.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PullRulesTest {
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final byte[] CONFIG = "{\"os\":\"linux\"}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LAYER = SwarmBed.random(400_000);

    private SwarmBed bed;
    private Client client;
    private String manifest;
    private String json;

    @BeforeAll
    void start(@TempDir Path home) throws IOException {
        bed = new SwarmBed(home, Access.EVERYBODY);
        client = new Client(bed.host().proxy.port());
        json =
                """
                {"schemaVersion":2,"mediaType":"%s","config":{"digest":"%s"},\
                "layers":[{"digest":"%s"}]}\
                """
                        .formatted(TYPE, bed.registry.blob(CONFIG), bed.registry.blob(LAYER));
        manifest = bed.registry.manifest("org/app", "v1", TYPE, json);
    }

    @AfterAll
    void stop() throws IOException {
        client.close();
        bed.close();
    }

    @Test
    void the_api_is_there_or_says_what_it_wants() throws IOException {
        assertThat(client.get("/v2/").statusCode()).isIn(200, 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "DIGEST"})
    void a_manifest_that_is_there(String reference) throws IOException {
        String path = "/v2/org/app/manifests/" + reference.replace("DIGEST", manifest);
        HttpResponse<byte[]> head = client.send("HEAD", path, "Accept", TYPE);
        HttpResponse<byte[]> get = client.get(path, "Accept", TYPE);
        for (HttpResponse<byte[]> answer : java.util.List.of(head, get)) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(Client.header(answer, "Docker-Content-Digest")).isEqualTo(manifest);
            assertThat(Client.header(answer, "Content-Type")).isEqualTo(TYPE);
            assertThat(Client.header(answer, "Content-Length"))
                    .isEqualTo(Integer.toString(json.length()));
        }
        assertThat(head.body()).isEmpty();
        assertThat("sha256:" + Sha256.of(get.body()).hex()).isEqualTo(manifest);
    }

    @Test
    void a_manifest_that_is_not_there() throws IOException {
        for (String reference : new String[] {"nope", "sha256:" + "00".repeat(32)}) {
            String path = "/v2/org/app/manifests/" + reference;
            assertThat(client.send("HEAD", path).statusCode()).isEqualTo(404);
            assertThat(client.get(path).statusCode()).isEqualTo(404);
            assertThat(client.get(path).body()).asString().contains("MANIFEST_UNKNOWN");
        }
    }

    @Test
    void a_blob_that_is_there() throws IOException {
        for (byte[] content : new byte[][] {CONFIG, LAYER}) {
            String digest = bed.registry.blob(content);
            String path = "/v2/org/app/blobs/" + digest;
            HttpResponse<byte[]> head = client.send("HEAD", path);
            HttpResponse<byte[]> get = client.get(path);
            for (HttpResponse<byte[]> answer : java.util.List.of(head, get)) {
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(Client.header(answer, "Docker-Content-Digest")).isEqualTo(digest);
                assertThat(Client.header(answer, "Content-Length"))
                        .isEqualTo(Integer.toString(content.length));
            }
            assertThat(head.body()).isEmpty();
            assertThat("sha256:" + Sha256.of(get.body()).hex()).isEqualTo(digest);
        }
    }

    @Test
    void a_part_of_a_blob() throws IOException {
        String path = "/v2/org/app/blobs/" + bed.registry.blob(LAYER);
        HttpResponse<byte[]> part = client.get(path, "Range", "bytes=100-199");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(Client.header(part, "Content-Range")).isEqualTo("bytes 100-199/400000");
        assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(LAYER, 100, 200));
        assertThat(client.get(path, "Range", "bytes=400000-").statusCode()).isEqualTo(416);
    }

    @Test
    void a_blob_that_is_not_there() throws IOException {
        String path = "/v2/org/app/blobs/sha256:" + "00".repeat(32);
        assertThat(client.send("HEAD", path).statusCode()).isEqualTo(404);
        HttpResponse<byte[]> get = client.get(path);
        assertThat(get.statusCode()).isEqualTo(404);
        assertThat(get.body()).asString().contains("\"errors\"").contains("BLOB_UNKNOWN");
    }

    @Test
    void tags() throws IOException {
        assertThat(client.get("/v2/org/app/tags/list").body())
                .asString()
                .isEqualTo("{\"name\":\"org/app\",\"tags\":[\"v1\"]}");
    }
}
