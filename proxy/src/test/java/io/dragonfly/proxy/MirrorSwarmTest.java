// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.proxy.testing.Asked;
import io.dragonfly.proxy.testing.TestRegistry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

/// The mirror over a real swarm: a supernode, hosts, and a registry.
@Timeout(120)
final class MirrorSwarmTest {
    @TempDir private Path home;

    private SwarmBed bed;
    private TestRegistry registry;

    @BeforeEach
    void start() throws IOException {
        bed = new SwarmBed(home, TestRegistry.Access.EVERYBODY);
        registry = bed.registry;
    }

    @AfterEach
    void stop() throws IOException {
        bed.close();
    }

    private static byte[] random(int length) {
        return SwarmBed.random(length);
    }

    @Test
    void a_blob_that_two_hosts_pull_leaves_the_registry_once() throws Exception {
        byte[] layer = random(3_000_000);
        String path = "/v2/library/app/blobs/" + registry.blob(layer);
        Host first = bed.host();
        Host second = bed.host();
        for (Host host : List.of(first, second)) {
            try (Client client = new Client(host.proxy.port())) {
                HttpResponse<byte[]> answer = client.get(path);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(layer);
                assertThat(Client.header(answer, "Content-Length")).isEqualTo("3000000");
                assertThat(Client.header(answer, "Docker-Content-Digest"))
                        .isEqualTo(registry.blob(layer));
                assertThat(Client.header(answer, "ETag"))
                        .isEqualTo("\"" + registry.blob(layer) + "\"");
                assertThat(Client.header(answer, "Content-Type"))
                        .isEqualTo("application/octet-stream");
            }
            host.tally.await(ProxyMeter.Answer.SWARM, 1);
            assertThat(host.tally.fromUpstream).hasValue(0);
        }
        assertThat(registry.asked(path)).extracting(Asked::method).containsOnly("GET");
        assertThat(registry.asked(path).stream().filter(a -> a.header("If-None-Match").isEmpty()))
                .extracting(a -> a.header("Range"))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_small_blob_and_an_empty_one_come_whole() throws Exception {
        String small = registry.blob(random(10));
        String empty = registry.blob(new byte[0]);
        try (Client client = new Client(bed.host().proxy.port())) {
            assertThat(client.get("/v2/a/blobs/" + small).body()).isEqualTo(random(10));
            HttpResponse<byte[]> answer = client.get("/v2/a/blobs/" + empty);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEmpty();
        }
    }

    @Test
    void manifests_and_tags_come_from_the_registry_as_they_are() throws Exception {
        String type = "application/vnd.oci.image.manifest.v1+json";
        String digest = registry.manifest("library/app", "1.0", type, "{\"a\":1}");
        try (Client client = new Client(bed.host().proxy.port())) {
            HttpResponse<byte[]> answer =
                    client.get("/v2/library/app/manifests/1.0", "Accept", type);
            assertThat(answer.body()).asString().isEqualTo("{\"a\":1}");
            assertThat(Client.header(answer, "Content-Type")).isEqualTo(type);
            assertThat(Client.header(answer, "Docker-Content-Digest")).isEqualTo(digest);
            HttpResponse<byte[]> head = client.send("HEAD", "/v2/library/app/manifests/1.0");
            assertThat(Client.header(head, "Content-Length")).isEqualTo("7");
            assertThat(client.get("/v2/library/app/tags/list").body())
                    .asString()
                    .contains("\"1.0\"");
        }
        assertThat(registry.asked("/manifests/").getFirst().header("Accept")).isEqualTo(type);
    }

    @Test
    void a_range_is_the_bytes_that_were_asked_for() throws Exception {
        byte[] layer = random(1_000_000);
        String path = "/v2/a/blobs/" + registry.blob(layer);
        try (Client client = new Client(bed.host().proxy.port())) {
            for (String[] row :
                    new String[][] {
                        {"bytes=0-0", "0", "1"},
                        {"bytes=300000-", "300000", "1000000"},
                        {"bytes=300000-700000", "300000", "700001"},
                        {"bytes=-5", "999995", "1000000"},
                        {"bytes=999999-2000000", "999999", "1000000"}
                    }) {
                int from = Integer.parseInt(row[1]);
                int to = Integer.parseInt(row[2]);
                HttpResponse<byte[]> answer = client.get(path, "Range", row[0]);
                assertThat(answer.statusCode()).as(row[0]).isEqualTo(206);
                assertThat(Client.header(answer, "Content-Range"))
                        .isEqualTo("bytes " + from + "-" + (to - 1) + "/1000000");
                assertThat(answer.body()).isEqualTo(java.util.Arrays.copyOfRange(layer, from, to));
            }
            HttpResponse<byte[]> behind = client.get(path, "Range", "bytes=1000000-");
            assertThat(behind.statusCode()).isEqualTo(416);
            assertThat(Client.header(behind, "Content-Range")).isEqualTo("bytes */1000000");
            String etag = "\"" + registry.blob(layer) + "\"";
            assertThat(client.get(path, "Range", "bytes=0-0", "If-Range", etag).statusCode())
                    .isEqualTo(206);
            assertThat(client.get(path, "Range", "bytes=0-0", "If-Range", "\"x\"").statusCode())
                    .isEqualTo(200);
        }
    }
}
