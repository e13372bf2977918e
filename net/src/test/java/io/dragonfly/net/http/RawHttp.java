// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/// An HTTP client that sends exactly the bytes it is told, over TCP or a Unix socket.
final class RawHttp implements Closeable {
    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;

    RawHttp(SocketAddress address) throws IOException {
        channel = SocketChannel.open(address);
        in = Channels.newInputStream(channel);
        out = Channels.newOutputStream(channel);
    }

    static RawHttp to(HttpServer server) throws IOException {
        return new RawHttp(loopback(server));
    }

    static SocketAddress loopback(HttpServer server) {
        return new InetSocketAddress(
                InetAddress.ofLiteral("127.0.0.1"), server.port().orElseThrow());
    }

    RawHttp send(String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        return this;
    }

    /// Everything up to the end of the connection.
    String readAll() throws IOException {
        return new String(in.readAllBytes(), UTF_8);
    }

    /// Everything up to and with `end`, or the end of the connection.
    String readTo(String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith(end)) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            text.append(new String(new byte[] {(byte) b}, US_ASCII));
        }
        return text.toString();
    }

    /// One request on a connection that ends with it.
    static String exchange(SocketAddress address, String method, String path, String body)
            throws IOException {
        try (RawHttp http = new RawHttp(address)) {
            byte[] bytes = body.getBytes(UTF_8);
            http.send(
                    "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(method, path, bytes.length, body));
            return http.readAll();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
