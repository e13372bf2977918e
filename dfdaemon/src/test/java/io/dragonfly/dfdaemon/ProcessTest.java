// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.cli.daemon.DaemonLauncher;
import io.dragonfly.net.http.HttpServer;
import io.dragonfly.net.http.HttpSettings;
import io.dragonfly.net.http.Listen;
import io.dragonfly.net.http.Router;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The real program with the real engine.
final class ProcessTest {
    @TempDir private Path directory = Path.of("");

    private List<String> command(String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("io.dragonfly.dfdaemon.Main");
        command.addAll(List.of("--home", directory.toString(), "--node", "127.0.0.1:1"));
        command.addAll(List.of(args));
        return command;
    }

    private Process start(Path errors) throws IOException {
        return new ProcessBuilder(command()).redirectError(errors.toFile()).start();
    }

    @Test
    void itDownloadsRefusesASecondOneAndEndsOnASignalWithSuccess() throws Exception {
        Router routes = new Router(HttpSettings.DEFAULT).get("/f", e -> e.text("hello"));
        Listen place = new Listen.Tcp("127.0.0.1", 0);
        HttpServer origin = HttpServer.start(HttpSettings.DEFAULT, List.of(place), routes);
        String url = "http://127.0.0.1:" + origin.port().orElseThrow() + "/f";
        Process daemon = start(directory.resolve("err"));
        try (BufferedReader out = daemon.inputReader(UTF_8)) {
            Path socket = directory.resolve("run/dfdaemon.sock");
            assertThat(out.readLine()).isEqualTo("ready " + socket);

            String order = "{\"url\":\"" + url + "\"}";
            try (UnixClient client = new UnixClient(socket, "POST", "/v1/downloads", order)) {
                assertThat(client.line()).contains("\"event\":\"started\"");
                assertThat(client.lineAfterProgress())
                        .contains("\"event\":\"done\"", "\"content\":\"aGVsbG8=\"");
            }

            Process second = start(directory.resolve("err2"));
            assertThat(second.waitFor()).isEqualTo(18);
            assertThat(Files.readString(directory.resolve("err2")))
                    .startsWith("dfdaemon: another dfdaemon uses " + directory)
                    .hasLineCount(1);

            daemon.destroy();
            assertThat(daemon.waitFor()).isZero();
            assertThat(socket).doesNotExist();
        } finally {
            daemon.destroyForcibly();
            origin.close();
        }
        assertThat(Files.readString(directory.resolve("err"))).isEmpty();
        assertThat(Files.readString(directory.resolve("logs/dfclient.log")))
                .contains("result=done bytes=5", "dfdaemon ended");
    }

    @Test
    void itsConfigurationIsReadAnewOnRequestAndOnSighup() throws Exception {
        Path file = directory.resolve("dfdaemon.yml");
        Files.writeString(file, "disk-limit: 1M\nidc: a\n");
        Process daemon =
                new ProcessBuilder(command("--config", file.toString(), "--upload-limit", "5"))
                        .redirectError(directory.resolve("err").toFile())
                        .start();
        try (BufferedReader out = daemon.inputReader(UTF_8)) {
            Path socket = directory.resolve("run/dfdaemon.sock");
            awaitLine(out, "ready " + socket);
            Files.writeString(file, "disk-limit: 2M\nidc: b\nupload-limit: 7\n");
            try (UnixClient client = new UnixClient(socket, "POST", "/v1/reload", "")) {
                assertThat(new String(client.rest(), UTF_8))
                        .as("the flag wins over the file's upload-limit")
                        .isEqualTo("{\"applied\":[\"disk-limit\"],\"needsRestart\":[\"idc\"]}");
            }
            Files.writeString(file, "disk-limit: 2M\nidk: b\n");
            try (UnixClient client = new UnixClient(socket, "POST", "/v1/reload", "")) {
                assertThat(client.status()).isEqualTo(400);
                assertThat(new String(client.rest(), UTF_8))
                        .contains("bad-config", file + ":2: unknown key 'idk'");
            }
            Files.writeString(file, "disk-limit: 3M\n");
            Process kill = new ProcessBuilder("kill", "-HUP", "" + daemon.pid()).start();
            assertThat(kill.waitFor()).isZero();
            Path log = directory.resolve("logs/dfclient.log");
            // The next request is answered after the signal's reload, or does its work.
            try (UnixClient client = new UnixClient(socket, "POST", "/v1/reload", "")) {
                assertThat(client.status()).isEqualTo(200);
            }
            assertThat(daemon.isAlive()).isTrue();
            daemon.destroy();
            assertThat(daemon.waitFor()).isZero();
            assertThat(Files.readString(log))
                    .contains("idc needs a restart", "changed [disk-limit]", "unknown key 'idk'");
        } finally {
            daemon.destroyForcibly();
        }
    }

    private static void awaitLine(BufferedReader out, String wanted) throws IOException {
        String line = out.readLine();
        while (line != null && !line.equals(wanted)) {
            line = out.readLine();
        }
        assertThat(line).isEqualTo(wanted);
    }

    @Test
    void detachedItLetsGoOfItsStarterAndLeavesWhenIdle() throws IOException {
        String socket =
                DaemonLauncher.launch(
                        command("--detach", "--idle-exit", "100ms"),
                        Map.of("HOME", directory.toString()),
                        TimeUnit.MINUTES.toNanos(1),
                        System::nanoTime);
        assertThat(socket).isEqualTo(directory.resolve("run/dfdaemon.sock").toString());
        // Free again only when the daemon has ended by itself. Its socket may answer until then.
        Path gone = directory.resolve("run/dfdaemon.lock");
        try (var channel =
                        java.nio.channels.FileChannel.open(
                                gone, java.nio.file.StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
        }
        assertThat(Path.of(socket)).doesNotExist();
        assertThat(directory.resolve("logs/dfdaemon.out")).exists();
        HomeLock.acquire(directory, Path.of(socket), Duration.ofSeconds(1)).close();
    }
}
