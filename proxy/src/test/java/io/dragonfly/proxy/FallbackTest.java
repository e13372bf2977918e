// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.proxy.testing.Asked;
import io.dragonfly.proxy.testing.TestRegistry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.Closeable;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// What clients get where the swarm gives nothing, or stops giving.
@Timeout(60)
final class FallbackTest {
    private static final byte[] LAYER = random();

    private final Deque<Closeable> open = new ArrayDeque<>();
    private final Tally tally = new Tally();
    private TestRegistry registry;
    private String path;

    private static byte[] random() {
        byte[] bytes = new byte[900_000];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void start() throws IOException {
        registry = TestRegistry.start(TestRegistry.Access.EVERYBODY);
        open.push(registry);
        path = "/v2/library/app/blobs/" + registry.blob(LAYER);
    }

    @AfterEach
    void stop() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private Client client(Swarm swarm) throws IOException {
        return client(swarm, 10);
    }

    private Client client(Swarm swarm, int streams) throws IOException {
        ProxyConfig usual = Host.mirror(List.of("docker.io remote=" + registry.url()), "docker.io");
        ProxyConfig config =
                new ProxyConfig(
                        usual.host(),
                        usual.port(),
                        usual.registries(),
                        usual.defaultRegistry(),
                        usual.allowed(),
                        usual.rules(),
                        usual.reading(),
                        usual.origins(),
                        usual.variables(),
                        new Bounds(
                                Duration.ofMillis(50),
                                Duration.ofMillis(50),
                                Duration.ofSeconds(30),
                                streams));
        ProxyServer proxy = ProxyServer.start(config, swarm, tally, PeerEnvironment.system());
        open.push(proxy);
        Client client = new Client(proxy.port());
        open.push(client::close);
        return client;
    }

    @ParameterizedTest
    @ValueSource(strings = {"supernode-unreachable", "origin-denied", "no-space", "internal"})
    void a_download_that_fails_is_the_registrys_to_answer(String code) throws IOException {
        FakeSwarm swarm = FakeSwarm.failing(code);
        HttpResponse<byte[]> answer = client(swarm).get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(LAYER);
        assertThat(registry.asked("/blobs/")).hasSize(1);
        tally.await(ProxyMeter.Answer.FALLBACK, 1);
        assertThat(swarm.requests).hasSize(1);
        assertThat(swarm.open).hasValue(0);
    }

    @Test
    void nobody_waits_for_a_supernode_that_is_not_there_or_does_not_answer() throws IOException {
        assertThat(client(FakeSwarm.searching()).get(path).body()).isEqualTo(LAYER);
        assertThat(client(FakeSwarm.silent()).get(path).body()).isEqualTo(LAYER);
        tally.await(ProxyMeter.Answer.FALLBACK, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 429, 500, 503})
    void the_client_gets_what_the_registry_says(int status) throws IOException {
        Map<String, String> headers =
                Map.of(
                        "WWW-Authenticate", "Bearer realm=\"https://a/token\",scope=\"x\"",
                        "Retry-After", "7");
        byte[] body = "{\"errors\":[]}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        registry.answerInstead(
                _ -> Optional.of(new TestRegistry.Answer(status, headers, body, -1)));
        HttpResponse<byte[]> answer = client(FakeSwarm.failing("origin-status")).get(path);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(Client.header(answer, "WWW-Authenticate"))
                .isEqualTo("Bearer realm=\"https://a/token\",scope=\"x\"");
        assertThat(Client.header(answer, "Retry-After")).isEqualTo("7");
        assertThat(answer.body()).isEqualTo(body);
        assertThat(registry.asked("/blobs/")).hasSize(1);
    }

    @Test
    void a_redirect_is_the_clients_to_follow() throws IOException {
        Map<String, String> headers = Map.of("Location", "https://cdn.example/x?signature=a%2Bb");
        registry.answerInstead(
                _ -> Optional.of(new TestRegistry.Answer(307, headers, new byte[0], -1)));
        HttpResponse<byte[]> answer = client(FakeSwarm.failing("origin-status")).get(path);
        assertThat(answer.statusCode()).isEqualTo(307);
        assertThat(Client.header(answer, "Location"))
                .isEqualTo("https://cdn.example/x?signature=a%2Bb");
    }

    @Test
    void a_layer_that_stops_midway_comes_to_its_end_from_the_registry() throws IOException {
        HttpResponse<byte[]> answer =
                client(FakeSwarm.cut(LAYER, 300_000)).get(path, "Authorization", "Bearer t");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(LAYER);
        Asked rest = registry.asked("/blobs/").getFirst();
        assertThat(rest.header("Range")).isEqualTo("bytes=300000-");
        assertThat(rest.header("Authorization")).isEqualTo("Bearer t");
        tally.await(ProxyMeter.Answer.RESCUED, 1);
        assertThat(tally.fromEngine).hasValue(300_000);
        assertThat(tally.fromUpstream).hasValue(600_000);
    }

    @Test
    void a_range_that_stops_midway_comes_to_its_end_too() throws IOException {
        HttpResponse<byte[]> answer =
                client(FakeSwarm.cut(LAYER, 300_000)).get(path, "Range", "bytes=200000-399999");
        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(LAYER, 200_000, 400_000));
        assertThat(registry.asked("/blobs/").getFirst().header("Range"))
                .isEqualTo("bytes=300000-399999");
    }

    @Test
    void wrong_bytes_from_the_registry_never_make_a_whole_layer() throws IOException {
        byte[] wrong = Arrays.copyOfRange(LAYER, 300_000, LAYER.length);
        wrong[wrong.length / 2] ^= 1;
        registry.answerInstead(a ->
                Optional.of(
                        new TestRegistry.Answer(
                                206,
                                Map.of("Content-Range", "bytes 300000-899999/900000"),
                                wrong,
                                -1)));
        Client client = client(FakeSwarm.cut(LAYER, 300_000));
        assertThatThrownBy(() -> client.get(path)).isInstanceOf(IOException.class);
        tally.await(ProxyMeter.Answer.BROKEN, 1);
    }

    @Test
    void a_layer_that_nobody_can_finish_ends_with_a_broken_connection() throws IOException {
        registry.answerInstead(_ -> Optional.of(TestRegistry.Answer.of(401)));
        Client client = client(FakeSwarm.cut(LAYER, 300_000));
        assertThatThrownBy(() -> client.get(path)).isInstanceOf(IOException.class);
    }

    @Test
    void an_answer_of_the_registry_that_breaks_off_is_no_whole_one() throws IOException {
        registry.answerInstead(
                _ -> Optional.of(new TestRegistry.Answer(200, Map.of(), LAYER, 100_000)));
        Client client = client(FakeSwarm.failing("origin-status"));
        assertThatThrownBy(() -> client.get(path)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.get("/v2/library/app/manifests/1"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_registry_that_is_not_there_is_one_line_for_the_user() throws IOException {
        Client client = client(FakeSwarm.failing("origin-network"));
        registry.close();
        HttpResponse<byte[]> answer = client.get(path);
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body())
                .asString()
                .startsWith("{\"errors\":[{\"code\":\"UNAVAILABLE\",\"message\":\"dfdaemon: ")
                .contains("refused");
    }

    @Test
    void more_at_a_time_than_there_is_memory_for_come_from_the_registry() throws IOException {
        FakeSwarm swarm = FakeSwarm.whole(LAYER);
        assertThat(client(swarm, 0).get(path).body()).isEqualTo(LAYER);
        assertThat(swarm.requests).isEmpty();
        Client one = client(swarm, 1);
        assertThat(one.get(path).body()).isEqualTo(LAYER);
        tally.await(ProxyMeter.Answer.SWARM, 1);
        assertThat(one.get(path).body()).as("its place is free again").isEqualTo(LAYER);
        tally.await(ProxyMeter.Answer.SWARM, 2);
        assertThat(registry.asked("/blobs/")).hasSize(1);
    }

    @Test
    void conditions_and_several_ranges_are_the_registrys_to_judge() throws IOException {
        FakeSwarm swarm = FakeSwarm.failing("never asked");
        Client client = client(swarm);
        for (String[] header :
                new String[][] {
                    {"If-None-Match", "\"a\""},
                    {"Range", "bytes=0-1,3-4"},
                    {"If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"}
                }) {
            assertThat(client.get(path, header).statusCode()).isEqualTo(200);
            assertThat(registry.asked("/blobs/").getLast().header(header[0])).isEqualTo(header[1]);
        }
        assertThat(client.send("HEAD", path).statusCode()).isEqualTo(200);
        assertThat(swarm.requests).isEmpty();
    }
}
