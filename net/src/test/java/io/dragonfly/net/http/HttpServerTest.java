// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Check;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

@Timeout(60)
final class HttpServerTest {
    record Point(int x, int y, @Nullable String name) {
        Point {
            Check.argument(x >= 0, "x must not be negative");
        }
    }

    private static final HttpSettings SETTINGS =
            HttpSettings.DEFAULT.withMaxBodyBytes(100).withStopTimeout(Duration.ofSeconds(20));

    private @Nullable HttpServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void a_request_goes_to_the_route_that_fits_its_method_and_path() throws Exception {
        start(
                new Router(SETTINGS)
                        .get("/", exchange -> exchange.text("root"))
                        .get("/v1/tasks", exchange -> exchange.text("all"))
                        .get("/v1/tasks/new", exchange -> exchange.text("new"))
                        .get(
                                "/v1/tasks/{id}",
                                exchange -> exchange.text("<" + exchange.segment("id") + ">"))
                        .get(
                                "/v1/tasks/{id}/pieces/{n}",
                                exchange ->
                                        exchange.text(
                                                exchange.segment("id")
                                                        + "/"
                                                        + exchange.segment("n")))
                        .delete("/v1/tasks/{id}", exchange -> {})
                        .get(
                                "/files/{path*}",
                                exchange -> exchange.text(exchange.segment("path"))));
        assertThat(get("/")).endsWith("root");
        assertThat(get("/v1/tasks")).endsWith("all");
        assertThat(get("/v1/tasks/new")).endsWith("new");
        assertThat(get("/v1/tasks/a%20b")).endsWith("<a b>");
        assertThat(get("/v1/tasks/7/pieces/8?x=1")).endsWith("7/8");
        assertThat(get("/files/a/b%20c")).endsWith("a/b c");
        assertThat(call("DELETE", "/v1/tasks/7", "")).startsWith("HTTP/1.1 204 ");
    }

    @Test
    void a_port_in_use_is_one_line_that_says_where() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = other.getLocalPort();
            Listen place = new Listen.Tcp("127.0.0.1", port);
            assertThatThrownBy(() -> HttpServer.start(SETTINGS, List.of(place)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot listen on 127.0.0.1:" + port + ": Address already in use")
                    .hasRootCauseInstanceOf(BindException.class);
        }
    }

    @Test
    void an_unknown_path_or_method_is_a_problem() throws Exception {
        start(
                new Router(SETTINGS)
                        .get("/a/{b}", exchange -> exchange.text("b"))
                        .post("/a/{b}", exchange -> exchange.text("b")));
        assertThat(get("/nope"))
                .startsWith("HTTP/1.1 404 ")
                .contains("Content-Type: application/problem+json")
                .endsWith(
                        """
                        {"status":404,"code":"no-such-path","title":"Not Found",\
                        "detail":"nothing is at /nope"}\
                        """);
        assertThat(get("/a/")).startsWith("HTTP/1.1 404 ");
        assertThat(get("/a/b/")).startsWith("HTTP/1.1 404 ");
        assertThat(call("PUT", "/a/b", ""))
                .startsWith("HTTP/1.1 405 ")
                .contains("Allow: GET, HEAD, POST")
                .contains("method-not-allowed");
    }

    @Test
    void head_gives_the_headers_of_get_without_a_body() throws Exception {
        start(new Router(SETTINGS).get("/a", exchange -> exchange.text("twelve bytes")));
        assertThat(call("HEAD", "/a", ""))
                .startsWith("HTTP/1.1 200 ")
                .contains("Content-Length: 12")
                .endsWith("\r\n\r\n");
    }

    @Test
    void nothing_says_what_the_server_is_made_of() throws Exception {
        start(
                new Router(SETTINGS)
                        .get("/a", exchange -> exchange.text("a"))
                        .get(
                                "/bug",
                                _ -> {
                                    throw new IllegalStateException("inner secret");
                                }));
        String all = get("/a") + get("/b") + get("/bug") + raw("GARBAGE\r\n\r\n");
        assertThat(all).doesNotContainIgnoringCase("jetty").doesNotContain("Server:");
    }

    @Test
    void a_problem_of_a_route_is_its_answer_and_a_bug_shows_nothing_of_itself() throws Exception {
        start(
                new Router(SETTINGS)
                        .get(
                                "/p",
                                _ -> {
                                    throw new ProblemException(
                                            409, "in-use", "task 7 is in use\nsecond");
                                })
                        .get(
                                "/bug",
                                _ -> {
                                    throw new IllegalStateException("inner secret");
                                }));
        assertThat(get("/p"))
                .startsWith("HTTP/1.1 409 ")
                .contains("Content-Type: application/problem+json")
                .endsWith(
                        """
                        {"status":409,"code":"in-use","title":"Conflict",\
                        "detail":"task 7 is in use"}\
                        """);
        assertThat(get("/bug"))
                .startsWith("HTTP/1.1 500 ")
                .contains("Content-Type: application/problem+json")
                .contains("\"code\":\"server-error\"")
                .doesNotContain("inner secret")
                .doesNotContain("IllegalState");
    }

    @Test
    void json_bodies_are_records_and_what_is_wrong_with_them_is_said() throws Exception {
        start(
                new Router(SETTINGS)
                        .post("/p", exchange -> exchange.json(exchange.json(Point.class))));
        assertThat(call("POST", "/p", "{\"x\":1,\"y\":2,\"name\":\"é\"}"))
                .contains("Content-Type: application/json")
                .endsWith("{\"x\":1,\"y\":2,\"name\":\"é\"}");
        assertBadBody("{\"x\":1,\"y\":2,\"z\":3}", "unknown field z");
        assertBadBody("{\"x\":1}", "missing or of the wrong type");
        assertBadBody("{\"x\":\"secret\",\"y\":2}", "x: missing or of the wrong type");
        assertBadBody("{\"x\":-1,\"y\":2}", "x must not be negative");
        assertBadBody("{\"x\":secret}", "not JSON at line 1");
        assertBadBody("", "wrong");
        assertBadBody("null", "null");
        assertThat(call("POST", "/p", " ".repeat(101)))
                .startsWith("HTTP/1.1 413 ")
                .contains("body-too-large");
        assertThat(
                        raw(
                                """
                                POST /p HTTP/1.1\r
                                Host: x\r
                                Connection: close\r
                                Transfer-Encoding: chunked\r
                                \r
                                80\r
                                """
                                        + " ".repeat(128)
                                        + "\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
    }

    @Test
    void lines_are_sent_one_by_one() throws Exception {
        CountDownLatch firstRead = new CountDownLatch(1);
        start(
                new Router(SETTINGS)
                        .get(
                                "/l",
                                exchange -> {
                                    try (JsonLines lines = exchange.lines()) {
                                        lines.write(new Point(1, 1, null));
                                        assertThat(firstRead.await(30, TimeUnit.SECONDS)).isTrue();
                                        lines.write(new Point(2, 2, null));
                                    }
                                }));
        try (RawHttp http = RawHttp.to(server())) {
            http.send("GET /l HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(http.readTo("\"x\":1")).contains("application/x-ndjson");
            firstRead.countDown();
            assertThat(http.readAll()).contains("\"x\":2").endsWith("0\r\n\r\n");
        }
    }

    @Test
    void a_client_that_goes_away_is_an_io_exception() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        start(
                new Router(SETTINGS)
                        .get(
                                "/l",
                                exchange -> {
                                    try (OutputStream out = exchange.stream("text/plain")) {
                                        while (true) {
                                            out.write(new byte[65536]);
                                        }
                                    } catch (Throwable e) {
                                        failure.complete(e);
                                        throw e;
                                    }
                                }));
        try (RawHttp http = RawHttp.to(server())) {
            http.send("GET /l HTTP/1.1\r\nHost: x\r\n\r\n");
            http.readTo("\r\n\r\n");
        }
        assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    @Test
    void an_answer_that_fails_in_its_middle_is_cut() throws Exception {
        start(
                new Router(SETTINGS)
                        .get(
                                "/l",
                                exchange -> {
                                    JsonLines lines = exchange.lines();
                                    lines.write(new Point(1, 1, null));
                                    throw new ProblemException(500, "late", "too late");
                                }));
        try (RawHttp http = RawHttp.to(server())) {
            http.send("GET /l HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            String answer;
            try {
                answer = http.readAll();
            } catch (IOException _) {
                answer = "reset";
            }
            assertThat(answer).doesNotEndWith("0\r\n\r\n");
        }
    }

    @Test
    void it_listens_on_ipv6_too() throws Exception {
        server =
                HttpServer.start(
                        SETTINGS,
                        List.of(new Listen.Tcp("::1", 0)),
                        new Router(SETTINGS)
                                .get("/", exchange -> exchange.text(exchange.remoteHost())));
        assertThat(
                        RawHttp.exchange(
                                new InetSocketAddress(
                                        InetAddress.ofLiteral("::1"), server.port().orElseThrow()),
                                "GET",
                                "/",
                                ""))
                .endsWith("0:0:0:0:0:0:0:1");
    }

    @Test
    void a_port_that_is_taken_is_an_error_of_one_line() throws Exception {
        start(new Router(SETTINGS));
        int port = server().port().orElseThrow();
        assertThatThrownBy(() ->
                        HttpServer.start(
                                SETTINGS,
                                List.of(new Listen.Tcp("127.0.0.1", port)),
                                new Router(SETTINGS)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(port));
    }

    private void assertBadBody(String body, String text) throws IOException {
        assertThat(call("POST", "/p", body))
                .startsWith("HTTP/1.1 400 ")
                .contains("\"code\":\"bad-json\"")
                .contains(text)
                .doesNotContain("secret\"");
    }

    private void start(Router router) throws IOException {
        start(SETTINGS, router);
    }

    private void start(HttpSettings settings, Router router) throws IOException {
        server = HttpServer.start(settings, List.of(new Listen.Tcp("127.0.0.1", 0)), router);
    }

    private HttpServer server() {
        return java.util.Objects.requireNonNull(server);
    }

    private SocketAddress address() {
        return RawHttp.loopback(server());
    }

    private String get(String path) throws IOException {
        return call("GET", path, "");
    }

    private String call(String method, String path, String body) throws IOException {
        return RawHttp.exchange(address(), method, path, body);
    }

    private String raw(String request) throws IOException {
        try (RawHttp http = RawHttp.to(server())) {
            return http.send(request).readAll();
        }
    }
}
