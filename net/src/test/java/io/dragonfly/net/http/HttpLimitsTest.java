// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Times and sizes that an HTTP server allows, and its stop.
@Timeout(60)
final class HttpLimitsTest {
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
    void headers_that_are_too_large_are_refused() throws Exception {
        start(SETTINGS.withMaxHeaderBytes(2048), new Router(SETTINGS));
        assertThat(
                        raw(
                                "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: "
                                        + "x".repeat(3000)
                                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ")
                .contains("application/problem+json");
    }

    @Test
    void a_connection_on_which_nothing_moves_is_closed() throws Exception {
        start(SETTINGS.withIdleTimeout(Duration.ofMillis(200)), new Router(SETTINGS));
        try (RawHttp http = RawHttp.to(server())) {
            assertThat(http.readAll()).isEmpty();
        }
    }

    @Test
    void a_route_may_take_longer_than_the_idle_timeout() throws Exception {
        start(
                SETTINGS.withIdleTimeout(Duration.ofMillis(500)),
                new Router(SETTINGS)
                        .get(
                                "/slow",
                                exchange -> {
                                    pause(1200);
                                    try (JsonLines lines = exchange.lines()) {
                                        lines.write(1);
                                        pause(1200);
                                        lines.write(2);
                                    }
                                }));
        assertThat(get("/slow")).contains("1\n").contains("2\n").endsWith("0\r\n\r\n");
    }

    @Test
    void headers_that_drip_are_cut_on_the_first_and_on_a_later_request() throws Exception {
        start(
                SETTINGS.withHeaderTimeout(Duration.ofMillis(300)),
                new Router(SETTINGS).get("/a", exchange -> exchange.text("a")));
        try (RawHttp http = RawHttp.to(server())) {
            assertThatThrownBy(() -> drip(http)).isInstanceOf(IOException.class);
        }
        try (RawHttp http = RawHttp.to(server())) {
            http.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
            http.readTo("\r\n\r\na");
            assertThatThrownBy(() -> drip(http)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_slow_body_and_a_pause_between_requests_are_no_dripping_headers() throws Exception {
        start(
                SETTINGS.withHeaderTimeout(Duration.ofMillis(100)),
                new Router(SETTINGS)
                        .post("/a", exchange -> exchange.text(exchange.bytes().length + " bytes")));
        try (RawHttp http = RawHttp.to(server())) {
            http.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
            for (int i = 0; i < 10; i++) {
                pause(50);
                http.send("x");
            }
            assertThat(http.readTo("10 bytes")).endsWith("10 bytes");
            pause(400);
            http.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
            assertThat(http.readTo("0 bytes")).endsWith("0 bytes");
        }
    }

    @Test
    void a_body_that_drips_is_given_up_and_the_client_is_told() throws Exception {
        HttpSettings settings = SETTINGS.withBodyTimeout(Duration.ofMillis(300));
        start(
                settings,
                new Router(settings)
                        .post("/a", exchange -> exchange.send("x/x", exchange.bytes())));
        try (RawHttp http = RawHttp.to(server())) {
            http.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
            CompletableFuture<String> answer = new CompletableFuture<>();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            answer.complete(http.readAll());
                        } catch (Exception e) {
                            answer.completeExceptionally(e);
                        }
                    });
            for (int i = 0; i < 99 && !answer.isDone(); i++) {
                pause(20);
                try {
                    http.send("x");
                } catch (IOException e) {
                    break; // closed, as it should be
                }
            }
            assertThat(answer.get())
                    .startsWith("HTTP/1.1 408 ")
                    .contains("application/problem+json")
                    .contains("\"code\":\"body-too-slow\"");
        }
    }

    @Test
    void a_route_may_let_its_connection_rest_longer() throws Exception {
        start(
                SETTINGS.withIdleTimeout(Duration.ofMillis(200)),
                new Router(SETTINGS)
                        .post(
                                "/a",
                                exchange -> {
                                    exchange.idleTimeout(Duration.ofSeconds(30));
                                    exchange.text(exchange.bytes().length + " bytes");
                                }));
        try (RawHttp http = RawHttp.to(server())) {
            http.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx");
            pause(800);
            http.send("x");
            assertThat(http.readTo("2 bytes")).endsWith("2 bytes");
            assertThat(http.readAll()).as("afterwards it is as before").isEmpty();
        }
    }

    @Test
    void more_connections_than_allowed_wait_until_one_ends() throws Exception {
        start(
                SETTINGS.withMaxConnections(2),
                new Router(SETTINGS).get("/a", exchange -> exchange.text("ok")));
        String request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
        RawHttp first = RawHttp.to(server()).send(request);
        RawHttp second = RawHttp.to(server()).send(request);
        first.readTo("ok");
        second.readTo("ok");
        try (second;
                RawHttp third = RawHttp.to(server()).send(request)) {
            first.close();
            assertThat(third.readTo("ok")).endsWith("ok");
        }
    }

    @Test
    void a_stop_lets_a_running_request_finish_and_takes_no_new_one() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        start(
                new Router(SETTINGS)
                        .get(
                                "/slow",
                                exchange -> {
                                    running.countDown();
                                    assertThat(finish.await(30, TimeUnit.SECONDS)).isTrue();
                                    exchange.text("finished");
                                }));
        SocketAddress address = address();
        try (RawHttp http = RawHttp.to(server())) {
            http.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
            running.await();
            Thread stopping = Thread.startVirtualThread(server()::close);
            awaitRefused(address);
            finish.countDown();
            assertThat(http.readAll()).endsWith("finished");
            stopping.join();
        }
        assertThatThrownBy(() -> RawHttp.exchange(address, "GET", "/slow", ""))
                .isInstanceOf(IOException.class);
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
        return RawHttp.exchange(address(), "GET", path, "");
    }

    private String raw(String request) throws IOException {
        try (RawHttp http = RawHttp.to(server())) {
            return http.send(request).readAll();
        }
    }

    /// Sends a header byte by byte until the server has enough, for at most 20 seconds.
    private static void drip(RawHttp http) throws Exception {
        http.send("GET /a HTTP/1.1\r\nX: ");
        for (int i = 0; i < 400; i++) {
            pause(50);
            http.send("x");
        }
    }

    /// Connects until nobody listens any more. Asks for nothing: a connection that the server
    /// accepts while it stops may stay unanswered.
    private static void awaitRefused(SocketAddress address) throws IOException {
        while (true) {
            try (RawHttp _ = new RawHttp(address)) {
                Thread.onSpinWait();
            } catch (ConnectException _) {
                return;
            }
        }
    }

    /// Time that has to pass because the time is what is tested.
    private static void pause(long millis) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
    }
}
