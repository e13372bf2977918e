// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.testing;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLContext;

/// A server on the loopback interface that answers as its [Behaviour] says; see [Answers] for a
/// collection. Counts what it gets. One virtual thread per connection; thread-safe.
public final class HostileOrigin implements Closeable {
    private static final int MAX_HEAD = 64 << 10;

    private final ServerSocket server;
    private final boolean tls;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Seen> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicLong bytesSent = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Behaviour behaviour;

    private HostileOrigin(ServerSocket server, boolean tls, Behaviour behaviour) {
        this.server = server;
        this.tls = tls;
        this.behaviour = behaviour;
    }

    /// Starts on a free port of 127.0.0.1.
    public static HostileOrigin start(Behaviour behaviour) throws IOException {
        return start(behaviour, InetAddress.ofLiteral("127.0.0.1"), null);
    }

    /// Starts on a free port of `address`.
    ///
    /// @param tls null for plain HTTP
    public static HostileOrigin start(
            Behaviour behaviour, InetAddress address, @Nullable SSLContext tls) throws IOException {
        ServerSocket server =
                tls == null
                        ? new ServerSocket()
                        : tls.getServerSocketFactory().createServerSocket();
        server.bind(new InetSocketAddress(address, 0), 128);
        HostileOrigin origin = new HostileOrigin(server, tls != null, behaviour);
        Thread.ofVirtual().name("hostile-origin").start(origin::accept);
        return origin;
    }

    public int port() {
        return server.getLocalPort();
    }

    /// URL of a path (with its query) at this server, by address.
    public URI url(String path) {
        String host = server.getInetAddress().getHostAddress();
        return url(host.contains(":") ? "[" + host + "]" : host, path);
    }

    /// The same with another name for this host.
    public URI url(String host, String path) {
        return URI.create((tls ? "https://" : "http://") + host + ":" + port() + path);
    }

    /// Answers differently from the next request on.
    public void behave(Behaviour next) {
        behaviour = next;
    }

    /// All requests so far, in order of arrival.
    public List<Seen> requests() {
        return List.copyOf(requests);
    }

    public Seen request(int number) {
        return requests.get(number);
    }

    /// Connections so far.
    public int connections() {
        return connections.get();
    }

    /// Bytes of bodies written so far.
    public long bytesSent() {
        return bytesSent.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                int number = connections.getAndIncrement();
                Thread.ofVirtual().start(() -> serve(socket, number));
            } catch (IOException e) {
                // Closed, or a client that left at once.
            }
        }
    }

    private void serve(Socket socket, int connection) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Wire wire = new Wire(socket, bytesSent, closed);
            while (wire.open()) {
                Seen request = parse(in, connection);
                if (request == null) {
                    wire.head("HTTP/1.1 400 Bad Request", "Connection: close").close();
                    return;
                }
                requests.add(request);
                behaviour.answer(request, wire);
                wire.flush();
            }
        } catch (IOException e) {
            // The client closed, or does not believe our certificate: its business.
        } finally {
            sockets.remove(socket);
        }
    }

    private @Nullable Seen parse(InputStream in, int connection) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ends = 0;
        while (ends < 2) {
            int b = in.read();
            boolean tlsHello = head.size() == 0 && b == 0x16;
            if (b < 0 || tlsHello || head.size() > MAX_HEAD) {
                return null;
            }
            head.write(b);
            ends = b == '\n' ? ends + 1 : b == '\r' ? ends : 0;
        }
        String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        String[] first = lines[0].split(" ");
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            headers.merge(name, lines[i].substring(colon + 1).strip(), (a, b) -> a + "," + b);
        }
        return new Seen(
                numbers.getAndIncrement(), connection, first[0], first[1], first[2], headers);
    }

    /// Closes all connections and the port.
    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
