// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A small forward proxy on 127.0.0.1: CONNECT, and absolute-form requests, one per connection.
public final class TestProxy implements Closeable {
    private final ServerSocket server;
    private final String credentials;
    private final long cutAfter;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private TestProxy(ServerSocket server, String credentials, long cutAfter) {
        this.server = server;
        this.credentials = credentials;
        this.cutAfter = cutAfter;
    }

    /// @param credentials wanted in Proxy-Authorization (`Basic …`), or empty for none
    public static TestProxy start(String credentials) throws IOException {
        return start(credentials, Long.MAX_VALUE);
    }

    /// A proxy that ends each connection in an orderly way after `bytes` from the origin: what
    /// somebody in between can do to a TLS connection.
    public static TestProxy cutting(long bytes) throws IOException {
        return start("", bytes);
    }

    private static TestProxy start(String credentials, long cutAfter) throws IOException {
        ServerSocket server = new ServerSocket(0, 64, InetAddress.ofLiteral("127.0.0.1"));
        TestProxy proxy = new TestProxy(server, credentials, cutAfter);
        Thread.ofVirtual().name("test-proxy").start(proxy::accept);
        return proxy;
    }

    public int port() {
        return server.getLocalPort();
    }

    /// The heads of all requests so far, as they came.
    public List<String> heads() {
        return List.copyOf(heads);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            String head = head(in);
            heads.add(head);
            if (!credentials.isEmpty()
                    && !head.contains("\r\nProxy-Authorization: " + credentials)) {
                write(out, "HTTP/1.1 407 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                return;
            }
            String[] line = head.split(" ", 3);
            boolean connect = line[0].equals("CONNECT");
            URI target = URI.create(connect ? "x://" + line[1] : line[1]);
            String host = target.getHost().replace("[", "").replace("]", "");
            try (Socket origin = new Socket(host, target.getPort())) {
                sockets.add(origin);
                if (connect) {
                    write(out, "HTTP/1.1 200 OK\r\n\r\n");
                } else {
                    String path =
                            target.getRawPath()
                                    + (target.getRawQuery() == null
                                            ? ""
                                            : "?" + target.getRawQuery());
                    write(
                            origin.getOutputStream(),
                            head.replace(line[0] + " " + line[1], line[0] + " " + path)
                                    .replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
                }
                Thread up = Thread.ofVirtual().start(() -> copy(in, origin));
                down(origin.getInputStream(), out);
                client.close();
                up.join();
            }
        } catch (IOException | InterruptedException e) {
            // One of the two closed.
        }
    }

    private void down(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[16 << 10];
        long left = cutAfter;
        int count = 0;
        while (left > 0 && count >= 0) {
            count = from.read(buffer, 0, (int) Math.min(left, buffer.length));
            to.write(buffer, 0, Math.max(0, count));
            left -= Math.max(0, count);
        }
        to.flush();
    }

    private static void copy(InputStream from, Socket to) {
        try {
            from.transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // One of the two closed.
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0 || head.length() > 64 << 10) {
                throw new IOException("no head");
            }
            head.append((char) b);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /// Text for `http_proxy` and `https_proxy`.
    public String url() {
        return String.format(Locale.ROOT, "http://127.0.0.1:%d", port());
    }
}
