// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.dragonfly.core.model.Digest;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.peer.Download;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Images and files that are read before anybody asks for them, by the API.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PreheatTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MIB = 1 << 20;

    @TempDir Path home;

    private static HttpResponse<String> call(
            Cluster cluster, String method, String path, String body) throws Exception {
        URI url = URI.create("http://" + cluster.address(0) + path);
        HttpRequest request =
                HttpRequest.newBuilder(url)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    /// Orders it and waits for its end; the test's own limit of time ends that.
    private static JsonNode preheated(Cluster cluster, String order) throws Exception {
        HttpResponse<String> taken = call(cluster, "POST", "/api/v1/preheats", order);
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
        String path = taken.headers().firstValue("Location").orElseThrow();
        JsonNode view = JSON.readTree(taken.body());
        while (List.of("waiting", "running").contains(view.path("state").asText())) {
            view = JSON.readTree(call(cluster, "GET", path, "").body());
        }
        return view;
    }

    private static String image(Registry registry, String name) {
        return registry.server().url("/" + name).toString();
    }

    private static String manifest(Content config, Content... layers) {
        StringBuilder json =
                new StringBuilder("{\"schemaVersion\": 2, \"config\": " + entry(config))
                        .append(", \"layers\": [");
        for (int i = 0; i < layers.length; i++) {
            json.append(i == 0 ? "" : ", ").append(entry(layers[i]));
        }
        return json.append("]}").toString();
    }

    private static String entry(Content blob) {
        return "{\"digest\": \"%s\", \"size\": %d}"
                .formatted(Registry.digest(blob), blob.bytes().length);
    }

    @Test
    void allLayersOfTheWantedPlatformsAreThereWhenTheFirstHostAsks() throws Exception {
        Content config = Content.random(1, 2000);
        Content shared = Content.random(2, 2 * MIB);
        Content amd = Content.random(3, MIB);
        Content arm = Content.random(4, MIB);
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 1)) {
            for (Content blob : List.of(config, shared, amd, arm)) {
                registry.push("team/app", blob);
            }
            Digest one = registry.manifest("team/app", "amd", manifest(config, shared, amd));
            Digest two = registry.manifest("team/app", "arm", manifest(config, shared, arm));
            registry.manifest(
                    "team/app",
                    "1.0",
                    """
                    {"schemaVersion": 2, "manifests": [
                      {"digest": "%s", "platform": {"os": "linux", "architecture": "amd64"}},
                      {"digest": "%s", "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}}
                    ]}\
                    """
                            .formatted(one, two));
            String name = image(registry, "team/app:1.0");
            JsonNode view =
                    preheated(
                            cluster,
                            "{\"url\": \"%s\", \"platforms\": [\"linux/arm64\"]}".formatted(name));

            assertThat(view.path("state").asText()).as("%s", view).isEqualTo("succeeded");
            assertThat(view.path("blobs").asInt()).isEqualTo(3);
            assertThat(view.path("blobsDone").asInt()).isEqualTo(3);
            assertThat(view.path("bytes").asLong()).isEqualTo(2000 + 3L * MIB);
            int asked = registry.requests();
            try (Download pull =
                    cluster.peers()
                            .getFirst()
                            .download(registry.pull("team/app", Registry.digest(shared), ""))) {
                assertThat(Cluster.bytes(pull)).isEqualTo(shared.bytes());
            }
            assertThat(registry.requests()).isEqualTo(asked);

            // Again, for all platforms: only what is not there is read.
            long sent = registry.bytesSent();
            view = preheated(cluster, "{\"url\": \"%s\"}".formatted(name));
            assertThat(view.path("blobs").asInt()).isEqualTo(4);
            assertThat(registry.bytesSent() - sent).isBetween((long) MIB, MIB + 10_000L);
            assertThat(registry.requests("/v2/team/app/blobs/" + Registry.digest(arm)))
                    .isEqualTo(1);
        }
    }

    @Test
    void oneTokenServesAWholeImage() throws Exception {
        Content config = Content.random(5, 2000);
        Content layer = Content.random(6, MIB);
        String basic =
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString("ci:secret".getBytes(StandardCharsets.UTF_8));
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 0)) {
            registry.push("corp/app", config);
            registry.push("corp/app", layer);
            registry.manifest("corp/app", "latest", manifest(config, layer));
            registry.tokens(basic);
            String order =
                    "{\"url\": \"%s\", \"username\": \"ci\", \"password\": \"%s\"}"
                            .formatted(image(registry, "corp/app"), "%s");
            JsonNode view = preheated(cluster, order.formatted("secret"));
            assertThat(view.path("state").asText()).as("%s", view).isEqualTo("succeeded");
            assertThat(registry.requests("/token")).isEqualTo(1);
            preheated(cluster, order.formatted("secret"));
            assertThat(registry.requests("/token")).isEqualTo(1);

            JsonNode wrong = preheated(cluster, order.formatted("wrong"));
            assertThat(wrong.path("state").asText()).isEqualTo("failed");
            assertThat(wrong.path("errors").toString()).contains("401");
            String all = call(cluster, "GET", "/api/v1/preheats", "").body();
            assertThat(JSON.readTree(all)).hasSize(3);
            assertThat(all).doesNotContain("secret");
        }
    }

    @Test
    void whatCannotBeReadIsSaidLayerByLayer() throws Exception {
        Content config = Content.random(7, 2000);
        Content layer = Content.random(8, MIB);
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 0)) {
            registry.push("a/b", config);
            registry.manifest("a/b", "1", manifest(config, layer));
            String order = "{\"url\": \"%s\"}".formatted(image(registry, "a/b") + ":%s");
            JsonNode view = preheated(cluster, order.formatted("1"));
            assertThat(view.path("state").asText()).isEqualTo("failed");
            assertThat(view.path("blobsDone").asInt()).isEqualTo(1);
            assertThat(view.path("errors").toString())
                    .contains(Registry.digest(layer).toString(), "404");
            assertThat(preheated(cluster, order.formatted("2")).path("errors").toString())
                    .contains("404");
            registry.manifest("a/b", "3", "{\"schemaVersion\": 1}");
            assertThat(preheated(cluster, order.formatted("3")).path("errors").toString())
                    .contains("schema 2");
        }
    }

    @Test
    void aFileIsReadToo() throws Exception {
        Content file = Content.random(9, MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(file));
                Cluster cluster = Cluster.of(home, 0)) {
            String order =
                    "{\"type\": \"file\", \"url\": \"%s\"}".formatted(origin.url("/f?key=secret"));
            JsonNode view = preheated(cluster, order);
            assertThat(view.path("state").asText()).isEqualTo("succeeded");
            assertThat(view.path("bytes").asLong()).isEqualTo(MIB);
            assertThat(view.path("url").asText()).doesNotContain("secret");
            assertThat(origin.bytesSent()).isEqualTo(MIB);
        }
    }

    @Test
    void cancellingBeginsNothingMoreAndStrangersMayNot() throws Exception {
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 0)) {
            String order = "{\"url\": \"%s\"}".formatted(image(registry, "a/b"));
            String id = preheated(cluster, order).path("id").asText();
            HttpResponse<String> answer = call(cluster, "DELETE", "/api/v1/preheats/" + id, "");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(call(cluster, "DELETE", "/api/v1/preheats/0", "").statusCode())
                    .isEqualTo(404);
            Preheat preheat =
                    new Preheat(
                            "1",
                            new Preheat.Request("image", "a", null, null, null, null, null, null)
                                    .order(),
                            0);
            preheat.cancel();
            assertThat(preheat.begin()).isFalse();
            assertThat(preheat.view().state()).isEqualTo("cancelled");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"url\": \"A B\"}",
                "{\"url\": \"a\", \"platforms\": [\"amd64\"]}",
                "{\"url\": \"a\", \"type\": \"layer\"}",
                "{\"type\": \"file\", \"url\": \"no-scheme\"}",
                "{\"url\": \"a\", \"unknown\": 1}",
                "{\"type\": \"file\", \"url\": \"http://a/\", \"digest\": \"md7:1\"}",
            })
    void aBadOrderIsRefusedInOneLine(String order) throws Exception {
        try (Cluster cluster = Cluster.of(home, 0)) {
            HttpResponse<String> answer = call(cluster, "POST", "/api/v1/preheats", order);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ubuntu, https://registry-1.docker.io, library/ubuntu, latest",
        "bitnami/redis:7, https://registry-1.docker.io, bitnami/redis, 7",
        "docker.io/library/a:1, https://registry-1.docker.io, library/a, 1",
        "a.b.com/admin/mysql:5.6, https://a.b.com, admin/mysql, 5.6",
        "localhost:5000/x, https://localhost:5000, x, latest",
        "http://r:5000/x/y, http://r:5000, x/y, latest",
    })
    void imagesAreNamedAsDockerNamesThem(
            String text, String registry, String repository, String reference) {
        assertThat(ImageName.parse(text)).isEqualTo(new ImageName(registry, repository, reference));
    }

    @Test
    void aDigestGoesBeforeATag() {
        String digest = "sha256:" + "ab".repeat(32);
        assertThat(ImageName.parse("a.b/c:1@" + digest).reference()).isEqualTo(digest);
        assertThatThrownBy(() -> ImageName.parse("a.b/c@sha256:12"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ImageName.parse("a/../b"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
