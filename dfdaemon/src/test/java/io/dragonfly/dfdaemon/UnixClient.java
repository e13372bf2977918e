// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// One HTTP/1.0 call over a Unix socket, bytes as they are on the wire.
final class UnixClient implements Closeable {
    private final SocketChannel channel;
    private final InputStream in;
    private final String head;

    UnixClient(Path socket, String method, String path, String body) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        String request =
                "%s %s HTTP/1.0\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(method, path, body.getBytes(UTF_8).length, body);
        channel.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
        in = new BufferedInputStream(Channels.newInputStream(channel));
        StringBuilder lines = new StringBuilder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            lines.append(line).append('\n');
        }
        head = lines.toString();
    }

    int status() {
        return Integer.parseInt(head.substring(9, 12));
    }

    String head() {
        return head;
    }

    /// The next line of the body; empty at its end.
    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(UTF_8);
    }

    /// The next line that tells something else than progress.
    String lineAfterProgress() throws IOException {
        String line = line();
        while (line.startsWith("{\"event\":\"progress\"")) {
            line = line();
        }
        return line;
    }

    byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    byte[] bytes(int count) throws IOException {
        return in.readNBytes(count);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
