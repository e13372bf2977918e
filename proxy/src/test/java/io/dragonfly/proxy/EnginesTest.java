// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.proxy.testing.Asked;
import io.dragonfly.proxy.testing.TestRegistry;
import io.dragonfly.proxy.testing.TestRegistry.Access;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How the engines ask: each in the order and with the words in which it does, as far as the mirror
/// can tell them apart.
@Timeout(60)
final class EnginesTest {
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";

    private final Deque<Closeable> open = new ArrayDeque<>();
    private final Tally tally = new Tally();

    @AfterEach
    void stop() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private TestRegistry registry(Access access) throws IOException {
        TestRegistry registry = TestRegistry.start(access);
        open.push(registry);
        registry.manifest("public/app", "1", TYPE, "{\"public\":1}");
        registry.manifest("private/app", "1", TYPE, "{\"private\":1}");
        return registry;
    }

    /// @param registries in the words of `--registry`
    private Client mirror(String usual, String... registries) throws IOException {
        ProxyConfig config = Host.mirror(List.of(registries), usual);
        // Blobs are not what is looked at here: they come from the registry.
        ProxyServer proxy =
                ProxyServer.start(config, FakeSwarm.searching(), tally, PeerEnvironment.system());
        open.push(proxy);
        Client client = new Client(proxy.port());
        open.push(client::close);
        return client;
    }

    /// What an engine does with a 401.
    private static HttpResponse<byte[]> token(
            Client client, HttpResponse<byte[]> refused, String scope, String... headers)
            throws IOException {
        assertThat(refused.statusCode()).isEqualTo(401);
        Challenge challenge =
                Challenge.parse(Client.header(refused, "WWW-Authenticate")).getFirst();
        assertThat(challenge.scheme()).isEqualTo("Bearer");
        String query =
                "?account=me&service="
                        + challenge.parameter("service")
                        + (scope.isEmpty() ? "" : "&scope=" + encoded(scope));
        return client.at(URI.create(challenge.parameter("realm") + query), headers);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String bearer(HttpResponse<byte[]> answer) {
        String json = new String(answer.body(), StandardCharsets.UTF_8);
        return "Bearer " + json.replaceFirst(".*?\"token\":\"([^\"]*)\".*", "$1");
    }

    @Test
    void docker_asks_the_mirror_of_docker_hub() throws Exception {
        TestRegistry hub = registry(Access.TOKEN);
        Client docker = mirror("docker.io", "docker.io remote=" + hub.url());
        HttpResponse<byte[]> ping = docker.get("/v2/");
        HttpResponse<byte[]> token = token(docker, ping, "repository:public/app:pull");
        HttpResponse<byte[]> manifest =
                docker.get("/v2/public/app/manifests/1", "Authorization", bearer(token));
        assertThat(manifest.body()).asString().isEqualTo("{\"public\":1}");
        assertThat(hub.asked("/token").getFirst().target())
                .contains("service=test")
                .contains("account=me")
                .doesNotContain("service=dragonfly");
    }

    @Test
    void containerd_says_the_registry_in_the_query() throws Exception {
        TestRegistry hub = registry(Access.EVERYBODY);
        TestRegistry other = registry(Access.TOKEN);
        Client containerd =
                mirror(
                        "docker.io",
                        "docker.io remote=" + hub.url(),
                        "a.b.com remote=" + other.url());
        String path = "/v2/private/app/manifests/1?ns=a.b.com";
        HttpResponse<byte[]> refused = containerd.get(path);
        assertThat(Client.header(refused, "WWW-Authenticate"))
                .isEqualTo(
                        "Bearer realm=\""
                                + other.url()
                                + "/token\",service=\"test\","
                                + "scope=\"repository:private/app:pull\"");
        HttpResponse<byte[]> token =
                token(
                        containerd,
                        refused,
                        "repository:private/app:pull",
                        "Authorization",
                        TestRegistry.BASIC);
        HttpResponse<byte[]> manifest = containerd.get(path, "Authorization", bearer(token));
        assertThat(manifest.body()).asString().isEqualTo("{\"private\":1}");
        assertThat(other.asked("ns=")).isEmpty();
        assertThat(hub.asked()).isEmpty();
        assertThat(containerd.get("/v2/public/app/manifests/1?ns=docker.io&x=y").statusCode())
                .isEqualTo(200);
        assertThat(hub.asked("/public/app").getLast().target())
                .isEqualTo("/v2/public/app/manifests/1?x=y");
    }

    @Test
    void a_header_says_the_registry_too() throws Exception {
        TestRegistry other = registry(Access.EVERYBODY);
        Client client = mirror("docker.io", "a.b.com remote=" + other.url());
        HttpResponse<byte[]> manifest =
                client.get("/v2/public/app/manifests/1", "Dragonfly-Registry", "a.b.com");
        assertThat(manifest.statusCode()).isEqualTo(200);
        assertThat(other.asked().getLast().header("Dragonfly-Registry")).isEmpty();
    }

    @Test
    void podman_says_the_registry_in_the_path_and_asks_tokens_for_the_longer_name()
            throws Exception {
        TestRegistry registry = registry(Access.TOKEN);
        Client podman = mirror("docker.io", "a.b.com remote=" + registry.url());
        HttpResponse<byte[]> ping = podman.get("/v2/");
        HttpResponse<byte[]> token =
                token(
                        podman,
                        ping,
                        "repository:a.b.com/private/app:pull",
                        "Authorization",
                        TestRegistry.BASIC);
        HttpResponse<byte[]> manifest =
                podman.get("/v2/a.b.com/private/app/manifests/1", "Authorization", bearer(token));
        assertThat(manifest.body()).asString().isEqualTo("{\"private\":1}");
        Asked asked = registry.asked("/token").getFirst();
        assertThat(asked.target()).contains("scope=" + encoded("repository:private/app:pull"));
        assertThat(asked.header("Authorization")).isEqualTo(TestRegistry.BASIC);
        assertThat(tally.of(ProxyMeter.Asked.TOKEN)).isEqualTo(1);
    }

    @Test
    void what_a_registry_in_the_path_wants_is_said_in_the_clients_words() throws Exception {
        TestRegistry registry = registry(Access.TOKEN);
        Client podman = mirror("docker.io", "a.b.com remote=" + registry.url());
        HttpResponse<byte[]> refused = podman.get("/v2/a.b.com/private/app/manifests/1");
        Challenge challenge =
                Challenge.parse(Client.header(refused, "WWW-Authenticate")).getFirst();
        assertThat(challenge.parameter("scope")).isEqualTo("repository:a.b.com/private/app:pull");
        assertThat(challenge.parameter("realm")).endsWith("/dragonfly/token");
        HttpResponse<byte[]> token =
                token(
                        podman,
                        refused,
                        challenge.parameter("scope"),
                        "Authorization",
                        "Basic d3Jvbmc6d3Jvbmc=");
        assertThat(token.statusCode()).as("the token service's own answer").isEqualTo(401);
    }

    @Test
    void podman_pulls_from_a_registry_that_wants_nothing() throws Exception {
        TestRegistry registry = registry(Access.EVERYBODY);
        Client podman = mirror("docker.io", "a.b.com remote=" + registry.url());
        HttpResponse<byte[]> token =
                token(podman, podman.get("/v2/"), "repository:a.b.com/public/app:pull");
        HttpResponse<byte[]> manifest =
                podman.get("/v2/a.b.com/public/app/manifests/1", "Authorization", bearer(token));
        assertThat(manifest.statusCode()).isEqualTo(200);
        assertThat(registry.asked("/manifests/").getFirst().header("Authorization"))
                .as("our own token is nothing that a registry knows")
                .isEmpty();
    }

    @Test
    void podman_pulls_from_a_registry_that_wants_name_and_password() throws Exception {
        TestRegistry registry = registry(Access.BASIC);
        TestRegistry other = registry(Access.BASIC);
        Client podman =
                mirror(
                        "docker.io",
                        "a.b.com remote=" + registry.url(),
                        "other.com remote=" + other.url());
        String scope = "repository:a.b.com/private/app:pull";
        assertThat(token(podman, podman.get("/v2/"), scope).statusCode()).isEqualTo(401);
        HttpResponse<byte[]> token =
                token(podman, podman.get("/v2/"), scope, "Authorization", TestRegistry.BASIC);
        String bearer = bearer(token);
        assertThat(
                        podman.get("/v2/a.b.com/private/app/manifests/1", "Authorization", bearer)
                                .statusCode())
                .isEqualTo(200);
        HttpResponse<byte[]> elsewhere =
                podman.get("/v2/other.com/private/app/manifests/1", "Authorization", bearer);
        assertThat(elsewhere.statusCode()).isEqualTo(401);
        assertThat(other.asked()).extracting(a -> a.header("Authorization")).containsOnly("");
    }

    @Test
    void names_in_links_and_locations_begin_with_the_registry() throws Exception {
        TestRegistry registry = registry(Access.EVERYBODY);
        registry.answerInstead(_ ->
                Optional.of(
                        new TestRegistry.Answer(
                                200,
                                Map.of(
                                        "Link", "</v2/x/tags/list?last=9>; rel=\"next\"",
                                        "Location", "/v2/x/blobs/uploads/1"),
                                new byte[0],
                                -1)));
        Client podman = mirror("docker.io", "a.b.com remote=" + registry.url());
        HttpResponse<byte[]> answer = podman.get("/v2/a.b.com/x/tags/list");
        assertThat(Client.header(answer, "Link"))
                .isEqualTo("</v2/a.b.com/x/tags/list?last=9>; rel=\"next\"");
        assertThat(Client.header(answer, "Location")).isEqualTo("/v2/a.b.com/x/blobs/uploads/1");
    }

    @Test
    void uploads_go_to_the_registry_with_their_bodies() throws Exception {
        TestRegistry registry = registry(Access.EVERYBODY);
        registry.answerInstead(_ -> Optional.of(TestRegistry.Answer.of(202)));
        Client client = mirror("docker.io", "docker.io remote=" + registry.url());
        HttpResponse<byte[]> answer = client.post("/v2/x/blobs/uploads/", new byte[300_000]);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(registry.asked("/uploads/").getFirst().header("Content-Length"))
                .isEqualTo("300000");
    }

    @Test
    void a_registry_on_this_machine_must_be_named_by_the_operator() throws Exception {
        TestRegistry secret = registry(Access.EVERYBODY);
        Client client = mirror("docker.io");
        for (String name : List.of("127.0.0.1", "localhost", "[::1]")) {
            HttpResponse<byte[]> answer =
                    client.get("/v2/x/tags/list?ns=" + encoded(name + ":" + secret.port()));
            assertThat(answer.statusCode()).as(name).isEqualTo(403);
            assertThat(answer.body()).asString().contains("DENIED").contains("--registry");
        }
        assertThat(client.get("/v2/x/tags/list?ns=169.254.169.254").statusCode()).isEqualTo(403);
        assertThat(secret.asked()).isEmpty();
    }

    @Test
    void no_credential_is_logged() throws Exception {
        TestRegistry registry = registry(Access.BASIC);
        Client podman = mirror("docker.io", "a.b.com remote=" + registry.url());
        Logger root = (Logger) LoggerFactory.getLogger("io.dragonfly");
        Level before = root.getLevel();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.setLevel(Level.TRACE);
        root.addAppender(log);
        try {
            String scope = "repository:a.b.com/private/app:pull";
            HttpResponse<byte[]> token =
                    token(podman, podman.get("/v2/"), scope, "Authorization", TestRegistry.BASIC);
            String path = "/v2/a.b.com/private/app/blobs/sha256:" + "00".repeat(32);
            podman.get(path + "?secret=1234567", "Authorization", bearer(token));
            podman.get("/nothing/here?secret=1234567", "Authorization", "Bearer abcdefg");
            registry.close();
            podman.get(path, "Authorization", bearer(token));
            assertThat(log.list)
                    .isNotEmpty()
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .noneMatch(line -> line.contains(TestRegistry.BASIC.substring(6)))
                    .noneMatch(line -> line.contains(bearer(token).substring(7)))
                    .noneMatch(line -> line.contains("1234567"))
                    .noneMatch(line -> line.contains("abcdefg"));
        } finally {
            root.detachAppender(log);
            root.setLevel(before);
        }
    }

    @Test
    void what_is_no_registrys_is_refused() throws Exception {
        Client client = mirror("docker.io");
        assertThat(client.get("/").statusCode()).isEqualTo(404);
        assertThat(client.get("/v2/x/tags/list?ns=a/b").statusCode()).isEqualTo(400);
        assertThat(client.get("/v2/x/tags/list?ns=%FF").statusCode()).isEqualTo(400);
    }
}
