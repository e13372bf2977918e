// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

@Timeout(60)
final class UnixSocketTest {
    private static final HttpSettings SETTINGS = HttpSettings.DEFAULT;

    // Not @TempDir: its paths may be too long for a socket.
    private Path temp = Path.of("");

    @BeforeEach
    void makeDirectory() throws IOException {
        temp = Files.createTempDirectory("df");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        try (var files = Files.walk(temp)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void a_route_knows_the_user_at_the_other_end() throws Exception {
        Path path = temp.resolve("run/d.sock");
        try (HttpServer server = start(path, false)) {
            assertThat(server.port()).isEmpty();
            assertThat(permissions(path.resolveSibling(""))).isEqualTo("rwx------");
            String user = Files.getOwner(temp).getName();
            assertThat(get(path)).startsWith("HTTP/1.1 200 ").endsWith(user + " true local");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void over_tcp_there_is_no_user() throws Exception {
        try (HttpServer server =
                HttpServer.start(SETTINGS, List.of(new Listen.Tcp("127.0.0.1", 0)), router())) {
            assertThat(RawHttp.exchange(RawHttp.loopback(server), "GET", "/who", ""))
                    .endsWith("nobody local");
        }
    }

    @Test
    void one_server_listens_on_a_unix_socket_and_a_port() throws Exception {
        Path path = temp.resolve("d.sock");
        try (HttpServer server =
                HttpServer.start(
                        SETTINGS,
                        List.of(new Listen.Unix(path, false), new Listen.Tcp("127.0.0.1", 0)),
                        router())) {
            assertThat(server.port()).isPresent();
            assertThat(get(path)).contains(" 200 ");
        }
    }

    @Test
    void everyone_may_connect_where_that_is_wanted() throws Exception {
        Path path = temp.resolve("run/d.sock");
        try (HttpServer _ = start(path, true)) {
            assertThat(permissions(path.resolveSibling(""))).isEqualTo("rwxr-xr-x");
            assertThat(permissions(path)).isEqualTo("rw-rw-rw-");
        }
    }

    @Test
    void an_open_directory_of_ours_is_closed_before_the_bind() throws Exception {
        Path directory =
                Files.createDirectory(
                        temp.resolve("run"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwxrwxrwx")));
        try (HttpServer _ = start(directory.resolve("d.sock"), false)) {
            assertThat(permissions(directory)).isEqualTo("rwx------");
        }
    }

    @Test
    void the_socket_of_a_dead_process_is_replaced() throws Exception {
        Path path = temp.resolve("d.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        try (HttpServer _ = start(path, false)) {
            assertThat(get(path)).contains(" 200 ");
        }
    }

    @Test
    void a_socket_that_somebody_listens_on_is_left_alone() throws Exception {
        Path path = temp.resolve("d.sock");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(path));
            assertThatThrownBy(() -> start(path, false))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process listens on " + path);
            assertThat(path).exists();
        }
        Files.delete(path);
        try (HttpServer _ = start(path, false)) {
            assertThatThrownBy(() -> start(path, false))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process listens on " + path);
            assertThat(get(path)).contains(" 200 ");
        }
    }

    @Test
    void a_file_that_is_no_socket_is_left_alone() throws Exception {
        Path path = Files.writeString(temp.resolve("d.sock"), "precious");
        assertThatThrownBy(() -> start(path, false)).isInstanceOf(IOException.class);
        assertThat(path).hasContent("precious");
    }

    @Test
    void a_path_that_is_too_long_is_an_error_of_one_line() {
        Path path = temp.resolve("x".repeat(100));
        assertThatThrownBy(() -> start(path, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("at most 100");
        assertThat(path.getParent()).exists();
    }

    private static HttpServer start(Path path, boolean everyone) throws IOException {
        return HttpServer.start(SETTINGS, List.of(new Listen.Unix(path, everyone)), router());
    }

    private static Router router() {
        return new Router(SETTINGS)
                .get(
                        "/who",
                        exchange ->
                                exchange.text(
                                        exchange.peerUser()
                                                        .map(u -> u.getName() + " " + same(u))
                                                        .orElse("nobody")
                                                + (exchange.isLocal() ? " local" : " far")));
    }

    private static boolean same(java.nio.file.attribute.UserPrincipal user) {
        try {
            return Files.getOwner(Path.of("/proc/self")).equals(user);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String get(Path path) throws IOException {
        return RawHttp.exchange(UnixDomainSocketAddress.of(path), "GET", "/who", "");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
