// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.origin.testing.TestCertificate;
import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.proxy.testing.TestRegistry;
import io.dragonfly.proxy.testing.TestRegistry.Access;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// The HTTP proxy: requests with a whole URL, tunnels, and tunnels that are read.
@Timeout(60)
final class ForwardProxyTest {
    private static final byte[] LAYER = random();

    @TempDir private Path directory;

    private final Deque<Closeable> open = new ArrayDeque<>();
    private final Tally tally = new Tally();
    private final FakeSwarm swarm = FakeSwarm.whole(LAYER);
    private int port;

    private static byte[] random() {
        byte[] bytes = new byte[500_000];
        new Random(3).nextBytes(bytes);
        return bytes;
    }

    @AfterEach
    void stop() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private <T extends Closeable> T keep(T part) {
        open.push(part);
        return part;
    }

    private HttpClient start(
            List<String> rules,
            List<String> registries,
            ProxyConfig.@Nullable Reading reading,
            @Nullable String trusted)
            throws Exception {
        ProxyConfig config =
                new ProxyConfig(
                        "127.0.0.1",
                        0,
                        registries.stream().map(Registry::parse).toList(),
                        "docker.io",
                        List.of(),
                        rules.stream().map(Rule::parse).toList(),
                        reading,
                        OriginRules.DEFAULT,
                        Map.of(),
                        Bounds.DEFAULT);
        ProxyServer proxy = keep(ProxyServer.start(config, swarm, tally, PeerEnvironment.system()));
        port = proxy.port();
        HttpClient.Builder client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .proxy(
                                ProxySelector.of(
                                        new InetSocketAddress(
                                                InetAddress.getLoopbackAddress(), port)));
        if (trusted != null) {
            client.sslContext(trusting(trusted));
        }
        HttpClient built = client.build();
        keep(built::close);
        return built;
    }

    private static SSLContext trusting(String pem) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        X509Certificate certificate =
                (X509Certificate)
                        CertificateFactory.getInstance("X.509")
                                .generateCertificate(
                                        new ByteArrayInputStream(
                                                pem.getBytes(StandardCharsets.UTF_8)));
        store.setCertificateEntry("ca", certificate);
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static HttpResponse<byte[]> get(HttpClient client, String url, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private String named(TestRegistry registry) {
        return "127.0.0.1:" + registry.port() + " remote=" + registry.url();
    }

    @Test
    void a_whole_url_is_asked_for_as_it_is() throws Exception {
        TestRegistry registry = keep(TestRegistry.start(Access.EVERYBODY));
        registry.manifest("x", "1", "text/plain", "manifest");
        HttpClient client = start(List.of(), List.of(named(registry)), null, null);
        String url = registry.url() + "/v2/x/manifests/1?a=%2F&b";
        assertThat(get(client, url, "Accept", "text/plain").body())
                .asString()
                .isEqualTo("manifest");
        assertThat(registry.asked().getLast().target()).isEqualTo("/v2/x/manifests/1?a=%2F&b");
        assertThat(registry.asked().getLast().header("Accept")).isEqualTo("text/plain");
        assertThat(registry.asked().getLast().header("Host"))
                .isEqualTo("127.0.0.1:" + registry.port());
        assertThat(swarm.requests).isEmpty();
    }

    @Test
    void layers_come_through_the_swarm_without_a_rule_and_not_where_a_rule_says_so()
            throws Exception {
        TestRegistry registry = keep(TestRegistry.start(Access.EVERYBODY));
        String digest = registry.blob(LAYER);
        HttpClient client =
                start(List.of("direct /v2/private/"), List.of(named(registry)), null, null);
        HttpResponse<byte[]> answer =
                get(
                        client,
                        registry.url() + "/v2/x/blobs/" + digest,
                        "Authorization",
                        "Bearer t",
                        "X-Any",
                        "y");
        assertThat(answer.body()).isEqualTo(LAYER);
        assertThat(Client.header(answer, "Docker-Content-Digest")).isEqualTo(digest);
        TaskSpec spec = swarm.requests.getLast().spec();
        assertThat(spec.digest()).hasToString(digest);
        assertThat(spec.headers())
                .extracting(h -> h.name() + "=" + h.value())
                .containsExactly("Authorization=Bearer t");
        assertThat(get(client, registry.url() + "/v2/private/blobs/" + digest).body())
                .isEqualTo(LAYER);
        assertThat(registry.asked()).hasSize(1);
    }

    @Test
    void a_file_comes_through_the_swarm_where_a_rule_says_so() throws Exception {
        TestRegistry registry = keep(TestRegistry.start(Access.EVERYBODY));
        HttpClient client =
                start(List.of("p2p \\.rpm$", "direct ."), List.of(named(registry)), null, null);
        HttpResponse<byte[]> answer =
                get(
                        client,
                        registry.url() + "/x.rpm",
                        "X-Token",
                        "secret",
                        "User-Agent",
                        "yum",
                        "Accept",
                        "*/*");
        assertThat(answer.body()).isEqualTo(LAYER);
        TaskSpec spec = swarm.requests.getLast().spec();
        assertThat(spec.url()).hasToString(registry.url() + "/x.rpm");
        assertThat(spec.digest()).isNull();
        assertThat(spec.headers()).extracting(h -> h.name()).containsExactly("X-Token");
        assertThat(registry.asked()).isEmpty();
        assertThat(get(client, registry.url() + "/x.deb").statusCode()).isEqualTo(404);
    }

    @Test
    void a_rule_sends_requests_elsewhere() throws Exception {
        TestRegistry registry = keep(TestRegistry.start(Access.EVERYBODY));
        registry.manifest("x", "1", "text/plain", "manifest");
        HttpClient client =
                start(
                        List.of("redirect=127.0.0.1:" + registry.port() + " ^http://old\\.host/"),
                        List.of(named(registry)),
                        null,
                        null);
        assertThat(get(client, "http://old.host/v2/x/manifests/1").statusCode()).isEqualTo(200);
        assertThat(registry.asked().getLast().header("Host"))
                .isEqualTo("127.0.0.1:" + registry.port());
    }

    @Test
    void the_proxy_itself_and_this_machine_are_refused() throws Exception {
        TestRegistry secret = keep(TestRegistry.start(Access.EVERYBODY));
        HttpClient client = start(List.of(), List.of(), null, null);
        for (String host : List.of("127.0.0.1", "localhost")) {
            HttpResponse<byte[]> itself = get(client, "http://" + host + ":" + port + "/v2/");
            assertThat(itself.statusCode()).isEqualTo(403);
            assertThat(itself.body()).asString().contains("it is this proxy itself");
            assertThat(get(client, "http://" + host + ":" + secret.port() + "/").statusCode())
                    .isEqualTo(403);
        }
        assertThat(get(client, "http://169.254.169.254/latest/").statusCode()).isEqualTo(403);
        assertThat(secret.asked()).isEmpty();
        assertThatThrownBy(() -> get(client, "https://localhost:" + secret.port() + "/"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_request_that_comes_back_goes_round_no_further() throws Exception {
        // The proxy has itself for the proxy on its way.
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        ProxyConfig usual = Host.mirror(List.of(), "docker.io");
        ProxyConfig config =
                new ProxyConfig(
                        usual.host(),
                        free,
                        usual.registries(),
                        usual.defaultRegistry(),
                        usual.allowed(),
                        usual.rules(),
                        null,
                        usual.origins(),
                        Map.of("http_proxy", "http://127.0.0.1:" + free),
                        Bounds.DEFAULT);
        keep(ProxyServer.start(config, swarm, tally, PeerEnvironment.system()));
        try (HttpClient client =
                HttpClient.newBuilder()
                        .proxy(
                                ProxySelector.of(
                                        new InetSocketAddress(
                                                InetAddress.getLoopbackAddress(), free)))
                        .build()) {
            HttpResponse<byte[]> answer = get(client, "http://a.example/x");
            assertThat(answer.statusCode()).isEqualTo(508);
            assertThat(answer.body()).asString().contains("HTTP_PROXY");
        }
        assertThat(tally.of(ProxyMeter.Asked.OTHER)).isEqualTo(1);
    }

    @Test
    void a_tunnel_leads_to_the_server_itself() throws Exception {
        TestCertificate certificate = TestCertificate.create(directory, "dns:localhost");
        TestRegistry registry = keep(TestRegistry.start(Access.EVERYBODY, tls(certificate)));
        String digest = registry.blob(LAYER);
        HttpClient client =
                start(List.of(), List.of("localhost:" + registry.port()), null, certificate.pem());
        String url = "https://localhost:" + registry.port() + "/v2/x/blobs/" + digest;
        assertThat(get(client, url).body()).isEqualTo(LAYER);
        assertThat(get(client, url, "Range", "bytes=5-8").body())
                .isEqualTo(Arrays.copyOfRange(LAYER, 5, 9));
        assertThat(swarm.requests).isEmpty();
        assertThat(tally.of(ProxyMeter.Answer.TUNNEL)).isPositive();
    }

    @Test
    void a_tunnel_to_a_listed_host_is_read_and_its_layers_come_through_the_swarm()
            throws Exception {
        TestCertificate certificate = TestCertificate.create(directory, "dns:localhost");
        TestRegistry registry = keep(TestRegistry.start(Access.EVERYBODY, tls(certificate)));
        registry.manifest("x", "1", "text/plain", "manifest");
        String digest = registry.blob(LAYER);
        Path ca = Files.writeString(directory.resolve("upstream.pem"), certificate.pem());
        Authority authority =
                Authority.create(
                        "x",
                        List.of("localhost"),
                        Duration.ofDays(1),
                        PeerEnvironment.system().clock().instant());
        String server = "localhost:" + registry.port();
        HttpClient client =
                start(
                        List.of(),
                        List.of(server + " ca=" + ca),
                        new ProxyConfig.Reading(List.of("localhost"), authority),
                        authority.certificatePem());
        assertThat(get(client, "https://" + server + "/v2/x/manifests/1").body())
                .asString()
                .isEqualTo("manifest");
        assertThat(get(client, "https://" + server + "/v2/x/blobs/" + digest).body())
                .isEqualTo(LAYER);
        TaskSpec spec = swarm.requests.getLast().spec();
        assertThat(spec.url()).hasToString("https://" + server + "/v2/x/blobs/" + digest);
        assertThat(spec.caCerts()).isEqualTo(certificate.pem());
        assertThat(registry.asked("/blobs/")).isEmpty();
    }

    @Test
    void an_upstream_that_nobody_can_verify_is_an_error_behind_a_tunnel_too() throws Exception {
        TestCertificate certificate = TestCertificate.create(directory, "dns:localhost");
        TestRegistry registry = keep(TestRegistry.start(Access.EVERYBODY, tls(certificate)));
        Authority authority =
                Authority.create(
                        "x",
                        List.of("localhost"),
                        Duration.ofDays(1),
                        PeerEnvironment.system().clock().instant());
        String server = "localhost:" + registry.port();
        HttpClient client =
                start(
                        List.of(),
                        List.of(server),
                        new ProxyConfig.Reading(List.of("localhost"), authority),
                        authority.certificatePem());
        HttpResponse<byte[]> answer = get(client, "https://" + server + "/v2/x/manifests/1");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).asString().contains("no trusted authority");
        assertThat(registry.asked()).isEmpty();
    }

    private Tls tls(TestCertificate certificate) throws IOException {
        Path files = directory.resolve("tls");
        certificate.write(files);
        return Tls.load(
                files.resolve("cert.pem"), files.resolve("key.pem"), null, System::nanoTime);
    }

    @Test
    void other_hosts_may_connect_only_where_it_is_said_what_for() {
        assertThatThrownBy(() ->
                        new ProxyConfig(
                                "0.0.0.0",
                                0,
                                List.of(),
                                "docker.io",
                                List.of(),
                                List.of(),
                                null,
                                OriginRules.DEFAULT,
                                Map.of(),
                                Bounds.DEFAULT))
                .hasMessageContaining("needs --proxy-allow");
    }
}
