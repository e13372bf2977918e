// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.logging.LogFormat;
import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.peer.DiskUse;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.PeerLimits;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The Unix-socket API with downloads that the test moves.
final class ApiTest {
    private static final String ORDER = "{\"url\":\"http://h/f?token=secret\"}";

    @TempDir private Path directory = Path.of("");

    private final FakeEngine engine = new FakeEngine();
    private @Nullable Dfdaemon daemon;

    private DfdaemonConfig config(Duration idleExit) {
        Path socket = directory.resolve("s/d.sock");
        return new DfdaemonConfig(
                directory.resolve("home"),
                new DfdaemonConfig.Listening(socket, false, "127.0.0.1", 0),
                List.of(),
                new DfdaemonConfig.Identity(null, 0, null, "me", "", "", ""),
                null,
                PeerLimits.NONE,
                new DfdaemonConfig.Downloads(2, 2),
                DiskUse.DEFAULT,
                idleExit,
                OriginRules.DEFAULT,
                false,
                new DfdaemonConfig.Logging(LogFormat.TEXT, true, false),
                null,
                null);
    }

    private Dfdaemon start(Duration idleExit, Duration linger) {
        DfdaemonConfig config = config(idleExit);
        Path socket = config.listening().socket();
        HomeLock lock = HomeLock.acquire(config.home(), socket, Duration.ofMillis(1));
        Dfdaemon started = Dfdaemon.start(config, lock, engine, linger, System::nanoTime);
        daemon = started;
        return started;
    }

    private Dfdaemon start() {
        return start(Duration.ZERO, Duration.ofMinutes(1));
    }

    @AfterEach
    void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private UnixClient call(String method, String path, String body) throws IOException {
        // By the link in the home, as clients find it.
        Path link = directory.resolve("home/run/dfdaemon.sock");
        return new UnixClient(link, method, path, body);
    }

    private UnixClient order(String body) throws IOException {
        return call("POST", "/v1/downloads", body);
    }

    @Test
    void anOrderIsTheRequestOfTheEngine() throws Exception {
        start();
        String body =
                """
                {"url":"https://h/f","headers":["A: b"],"digest":"md5:%s","filter":["x"],
                 "tag":"t","insecure":true,"caCerts":"PEM","nodes":["n","m:1=2"],
                 "pattern":"cdn","backToSource":false,"bytesPerSecond":70,
                 "totalBytesPerSecond":50,"class":"preheat","callSystem":"me"}
                """
                        .formatted("0".repeat(32));
        try (UnixClient client = order(body)) {
            DownloadRequest request = engine.next().request();
            assertThat(request.spec().url()).isEqualTo(URI.create("https://h/f"));
            assertThat(request.spec().headers().getFirst().value()).isEqualTo("b");
            assertThat(request.spec().digest()).hasToString("md5:" + "0".repeat(32));
            assertThat(request.spec().filter()).containsExactly("x");
            assertThat(request.spec().tag()).isEqualTo("t");
            assertThat(request.spec().insecure()).isTrue();
            assertThat(request.spec().caCerts()).isEqualTo("PEM");
            assertThat(request.supernodes())
                    .extracting(Object::toString)
                    .containsExactly("m:1", "n:8002");
            assertThat(request.pattern()).isEqualTo(DownloadRequest.Pattern.CDN);
            assertThat(request.backToSource()).isFalse();
            assertThat(request.bytesPerSecond()).isEqualTo(50);
            assertThat(request.traffic()).isEqualTo(TrafficClass.PREHEAT);
            assertThat(client.head()).contains("application/x-ndjson");
        }
    }

    @Test
    void aSmallDownloadIsToldInThreeLines() throws Exception {
        start();
        try (UnixClient client = order(ORDER)) {
            FakeEngine.FakeDownload download = engine.next();
            Path home = directory.resolve("home");
            assertThat(client.line())
                    .isEqualTo(
                            ("{\"event\":\"started\",\"id\":\"d1\",\"storeDirectory\":\"%s\","
                                            + "\"storeDevice\":%s}")
                                    .formatted(home, Files.getAttribute(home, "unix:dev")));
            assertThat(client.line())
                    .startsWith("{\"event\":\"progress\",\"phase\":\"registering\"");
            download.done("hello".getBytes(UTF_8), home.resolve("data/x"));
            assertThat(client.lineAfterProgress())
                    .startsWith("{\"event\":\"done\",\"phase\":\"done\",\"task\":\"task\"")
                    .contains("\"length\":5,\"verified\":5,\"fromPeers\":5")
                    .contains("\"contentFile\":\"" + home.resolve("data/x") + "\"")
                    .endsWith(
                            "\"content\":\""
                                    + Base64.getEncoder().encodeToString("hello".getBytes(UTF_8))
                                    + "\"}");
            assertThat(client.line()).isEmpty();
        }
    }

    @Test
    void aLargeContentIsStreamedWhileItArrivesAndAfterTheEnd() throws Exception {
        start();
        byte[] content = new byte[200_000];
        content[199_999] = 7;
        try (UnixClient client = order(ORDER)) {
            FakeEngine.FakeDownload download = engine.next();
            download.verified(content.length, new byte[1000]);
            try (UnixClient reader = call("GET", "/v1/downloads/d1/content", "")) {
                assertThat(reader.head()).contains("Content-Length: 200000", "text/plain");
                assertThat(reader.bytes(1000)).hasSize(1000);
                download.done(content, null);
                assertThat(reader.rest()).hasSize(199_000).endsWith(7);
            }
            assertThat(client.line()).contains("started");
            assertThat(client.lineAfterProgress())
                    .contains("\"event\":\"done\"", "\"contentFile\":\"\"")
                    .doesNotContain("\"content\":");
        }
        try (UnixClient late = call("GET", "/v1/downloads/d1/content", "")) {
            assertThat(late.rest()).isEqualTo(content);
        }
    }

    @Test
    void aFinishedDownloadLingersOnlyAWhileButNeverShorterThanItsReaders() throws Exception {
        start(Duration.ZERO, Duration.ofMillis(1));
        try (UnixClient client = order(ORDER)) {
            FakeEngine.FakeDownload download = engine.next();
            download.verified(100_000, new byte[10]);
            try (UnixClient reader = call("GET", "/v1/downloads/d1/content", "")) {
                assertThat(reader.bytes(10)).hasSize(10);
                download.done(new byte[100_000], null);
                client.rest();
                assertThat(reader.rest()).hasSize(99_990);
            }
            download.awaitClosed();
        }
    }

    @Test
    void aFailureIsToldAndCutsTheContent() throws Exception {
        start();
        try (UnixClient client = order(ORDER)) {
            FakeEngine.FakeDownload download = engine.next();
            download.verified(1000, new byte[10]);
            try (UnixClient reader = call("GET", "/v1/downloads/d1/content", "")) {
                assertThat(reader.bytes(10)).hasSize(10);
                download.failed("origin-changed", "it changed");
                assertThat(reader.rest()).isEmpty();
            }
            assertThat(client.line()).contains("started");
            assertThat(client.lineAfterProgress())
                    .contains("\"event\":\"failed\"")
                    .endsWith("\"code\":\"origin-changed\",\"message\":\"it changed\"}");
            download.awaitClosed();
        }
        try (UnixClient late = call("GET", "/v1/downloads/d1/content", "")) {
            assertThat(late.status()).isEqualTo(404);
        }
    }

    @Test
    void aContentWithoutLengthThatFailsIsNeverEndedCleanly() throws Exception {
        start();
        try (UnixClient client = order(ORDER)) {
            FakeEngine.FakeDownload download = engine.next();
            assertThat(client.line()).contains("started");
            download.verified(-1, new byte[10]);
            try (java.nio.channels.SocketChannel channel =
                    java.nio.channels.SocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
                channel.connect(java.net.UnixDomainSocketAddress.of(directory.resolve("s/d.sock")));
                channel.write(
                        java.nio.ByteBuffer.wrap(
                                "GET /v1/downloads/d1/content HTTP/1.1\r\nHost: x\r\n\r\n"
                                        .getBytes(UTF_8)));
                StringBuilder answer = new StringBuilder();
                java.io.InputStream in = java.nio.channels.Channels.newInputStream(channel);
                int c = in.read();
                while (c >= 0 && !answer.toString().matches("(?is).*\r\n\r\n0*a\r\n")) {
                    answer.append((char) c);
                    c = in.read();
                }
                download.failed("origin-network", "gone");
                try {
                    answer.append(new String(in.readAllBytes(), UTF_8));
                } catch (IOException _) {
                    answer.append("cut");
                }
                assertThat(answer.toString().toLowerCase(java.util.Locale.ROOT))
                        .contains("transfer-encoding: chunked")
                        .doesNotContain("\r\n0\r\n\r\n");
            }
        }
    }

    @Test
    void aCallerWhoLeavesEndsHisInterest() throws Exception {
        start();
        FakeEngine.FakeDownload download;
        try (UnixClient client = order(ORDER)) {
            assertThat(client.line()).contains("started");
            download = engine.next();
        }
        download.awaitClosed();
        try (UnixClient list = call("GET", "/v1/downloads", "")) {
            assertThat(new String(list.rest(), UTF_8)).isEqualTo("[]");
        }
        try (UnixClient metrics = call("GET", "/metrics", "")) {
            assertThat(new String(metrics.rest(), UTF_8))
                    .contains("dragonfly_dfdaemon_downloads_total{result=\"cancelled\"} 1.0");
        }
    }

    @Test
    void downloadsAreListedWithoutCredentialsAndCancelled() throws Exception {
        start();
        try (UnixClient client = order(ORDER)) {
            assertThat(client.line()).contains("started");
            FakeEngine.FakeDownload download = engine.next();
            try (UnixClient list = call("GET", "/v1/downloads", "")) {
                assertThat(new String(list.rest(), UTF_8))
                        .startsWith("[{\"id\":\"d1\",\"url\":\"http://h/f?token=***\",\"owner\":")
                        .contains("\"report\":{\"phase\":\"registering\"")
                        .doesNotContain("secret");
            }
            try (UnixClient one = call("GET", "/v1/downloads/d1", "")) {
                assertThat(one.status()).isEqualTo(200);
            }
            try (UnixClient cancel = call("DELETE", "/v1/downloads/d1", "")) {
                assertThat(cancel.status()).isEqualTo(204);
            }
            assertThat(client.lineAfterProgress()).contains("\"code\":\"cancelled\"");
            assertThat(download.isClosed()).isTrue();
            try (UnixClient cancel = call("DELETE", "/v1/downloads/d1", "")) {
                assertThat(cancel.status()).isEqualTo(404);
            }
        }
    }

    @Test
    void moreDownloadsThanTheLimitAreRefused() throws Exception {
        start();
        try (UnixClient one = order(ORDER);
                UnixClient two = order(ORDER)) {
            assertThat(one.line() + two.line()).contains("d1", "d2");
            try (UnixClient three = order(ORDER)) {
                assertThat(three.status()).isEqualTo(429);
                assertThat(new String(three.rest(), UTF_8))
                        .contains("\"code\":\"too-many-downloads\"", "--max-downloads");
                assertThat(three.head()).contains("Retry-After: 5\n");
            }
        }
    }

    @Test
    void badOrdersAreProblemsThatDontRepeatThem() throws Exception {
        start();
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("not json secret", "the body is not JSON");
        bad.put("{}", "'url' is missing");
        bad.put("{\"url\":\"x\"}", "no scheme");
        bad.put("{\"url\":\"http://h/se cret\"}", "not a URL");
        bad.put("{\"url\":\"http://h/\",\"headers\":[\"secret\"]}", "Name: value");
        bad.put("{\"url\":\"http://h/\",\"pattern\":\"x\"}", "'pattern' must be");
        bad.put("{\"url\":\"http://h/\",\"digest\":\"crc:1\"}", "unknown digest algorithm");
        bad.put("{\"url\":\"http://h/\",\"nodes\":[\"a=b\"]}", "not a supernode");
        bad.put("{\"url\":\"http://h/\"} {}", "behind the JSON object");
        bad.put("{\"url\":\"http://h/\",\"nonsense\":1}", "unknown field 'nonsense'");
        for (Map.Entry<String, String> entry : bad.entrySet()) {
            try (UnixClient client = order(entry.getKey())) {
                assertThat(client.status()).as(entry.getKey()).isEqualTo(400);
                assertThat(new String(client.rest(), UTF_8))
                        .contains("\"code\":\"usage\"", entry.getValue())
                        .doesNotContain("secret")
                        .doesNotContain("se cret");
            }
        }
        String large = "{\"url\":\"http://h/\",\"tag\":\"" + "x".repeat(5 << 20) + "\"}";
        try (UnixClient client = order(large)) {
            assertThat(client.status()).isEqualTo(413);
        } catch (IOException _) {
            // Cut while we still send: refused as well.
            assertThat(large).hasSizeGreaterThan(5 << 20);
        }
    }

    @Test
    void healthVersionAndMetricsAreOnBothSockets() throws Exception {
        Dfdaemon started = start();
        for (String path : List.of("/v1/health", "/v1/version", "/metrics")) {
            try (UnixClient client = call("GET", path, "")) {
                assertThat(client.status()).isEqualTo(200);
            }
        }
        try (UnixClient client = order(ORDER)) {
            engine.next().done(new byte[3], null);
            client.rest();
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            String base = "http://127.0.0.1:" + started.httpPort().orElseThrow();
            HttpResponse<String> metrics =
                    http.send(
                            HttpRequest.newBuilder(URI.create(base + "/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(metrics.body())
                    .contains("dragonfly_dfdaemon_downloads_total{result=\"done\"} 1.0")
                    .contains("dragonfly_dfdaemon_download_bytes_total{from=\"peers\"} 3.0")
                    .contains("dragonfly_dfdaemon_served_bytes_total 0.0")
                    .contains("dragonfly_dfdaemon_received_bytes_total 0.0")
                    .contains("dragonfly_dfdaemon_build_info{version=");
            HttpResponse<String> downloads =
                    http.send(
                            HttpRequest.newBuilder(URI.create(base + "/v1/downloads")).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(downloads.statusCode()).isEqualTo(404);
        }
    }

    @Test
    void closingTellsThoseWhoWaitAndFreesTheHome() throws Exception {
        Dfdaemon started = start();
        Path home = directory.resolve("home");
        Path socket = directory.resolve("s/d.sock");
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> HomeLock.acquire(home, socket, Duration.ofSeconds(30)))
                .withMessageContaining("another dfdaemon uses " + home)
                .matches(failure -> failure.exitCode().number() == 18);
        try (UnixClient client = order(ORDER)) {
            assertThat(client.line()).contains("started");
            started.close();
            assertThat(client.lineAfterProgress()).contains("\"code\":\"daemon-unavailable\"");
        }
        assertThat(engine.closed).isTrue();
        assertThat(socket).doesNotExist();
        HomeLock.acquire(home, socket, Duration.ofMillis(1)).close();
    }

    @Test
    void anIdleDaemonLeaves() throws Exception {
        Dfdaemon started = start(Duration.ofMillis(50), Duration.ofMillis(1));
        started.awaitIdle();
        try (UnixClient client = order(ORDER)) {
            assertThat(client.status()).isEqualTo(503);
        }
    }
}
