// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.HelloAnswer;
import io.dragonfly.core.protocol.ProtocolException;
import io.dragonfly.net.http.HttpServer;
import io.dragonfly.net.http.HttpSettings;
import io.dragonfly.net.http.Listen;
import io.dragonfly.net.http.Router;
import io.dragonfly.net.tls.Tls;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A control server on a free loopback port that welcomes everybody and keeps what it gets; tests
/// override what they want otherwise.
class TestSupernode implements ControlServer.Listener, Closeable {
    static final FromSupernode.Welcome WELCOME =
            new FromSupernode.Welcome(1, "node-1", null, 8001, 1000);

    final BlockingQueue<PeerStream> streams = new LinkedBlockingQueue<>();
    final BlockingQueue<FromPeer.Hello> hellos = new LinkedBlockingQueue<>();
    final BlockingQueue<List<FromPeer>> frames = new LinkedBlockingQueue<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    final ControlServer control;
    private final HttpServer http;

    TestSupernode(ControlSettings settings) throws IOException {
        this(settings, 0);
    }

    TestSupernode(ControlSettings settings, int port) throws IOException {
        this(settings, port, null);
    }

    TestSupernode(ControlSettings settings, int port, @Nullable Tls tls) throws IOException {
        control = new ControlServer(settings, this, System::nanoTime);
        HttpSettings limits =
                HttpSettings.DEFAULT
                        .withStopTimeout(Duration.ofSeconds(1))
                        .withHeaderTimeout(Duration.ofSeconds(2));
        http =
                HttpServer.start(
                        limits,
                        List.of(new Listen.Tcp("127.0.0.1", port, tls)),
                        control.handler(),
                        new Router(limits).get("/ok", exchange -> exchange.text("ok")));
    }

    HostPort address() {
        return new HostPort("127.0.0.1", http.port().orElseThrow());
    }

    @Override
    public HelloAnswer hello(PeerStream stream, FromPeer.Hello hello, int version) {
        hellos.add(hello);
        streams.add(stream);
        return WELCOME;
    }

    @Override
    public void received(PeerStream stream, List<FromPeer> messages) throws ProtocolException {
        frames.add(messages);
    }

    @Override
    public void closed(PeerStream stream, String reason) {
        closed.complete(reason);
    }

    PeerStream stream() throws InterruptedException {
        PeerStream stream = streams.poll(60, TimeUnit.SECONDS);
        if (stream == null) {
            throw new AssertionError("no stream");
        }
        return stream;
    }

    /// The next messages, at least `count`.
    List<FromPeer> take(int count) throws InterruptedException {
        List<FromPeer> messages = new ArrayList<>();
        while (messages.size() < count) {
            List<FromPeer> frame = frames.poll(60, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("only " + messages.size() + " messages of " + count);
            }
            messages.addAll(frame);
        }
        return messages;
    }

    String closedReason() throws Exception {
        return closed.get(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        control.close();
        http.close();
    }
}
