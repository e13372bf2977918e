// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.daemon.DaemonSocket;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// One HTTP/1.0 call over a Unix-domain socket: a request with a small body, an answer that ends
/// with the connection. All that dfget needs, at a tenth of the start-up cost of an HTTP library.
final class UnixHttp implements ReadableByteChannel {
    private static final int MAX_HEAD = 16 << 10;

    private final SocketChannel channel;
    private final ByteBuffer rest;
    private final int status;

    private UnixHttp(SocketChannel channel, ByteBuffer rest, int status) {
        this.channel = channel;
        this.rest = rest;
        this.status = status;
    }

    static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(DaemonSocket.resolve(socket)));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Sends the request and reads the head of the answer.
    ///
    /// @param body JSON, or empty for a request without one
    static UnixHttp call(SocketChannel channel, String method, String path, byte[] body)
            throws IOException {
        StringBuilder head = new StringBuilder(160);
        head.append(method).append(' ').append(path).append(" HTTP/1.0\r\nHost: dfdaemon\r\n");
        if (body.length > 0) {
            head.append("Content-Type: application/json\r\nContent-Length: ");
            head.append(body.length).append("\r\n");
        }
        byte[] headBytes = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer request = ByteBuffer.allocate(headBytes.length + body.length);
        request.put(headBytes).put(body).flip();
        while (request.hasRemaining()) {
            channel.write(request);
        }
        return answer(channel);
    }

    int status() {
        return status;
    }

    /// The next bytes of the body, -1 at its end. A connection that the daemon aborts ends here
    /// like one that it closes: who reads must know the length from elsewhere.
    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!rest.hasRemaining()) {
            return channel.read(into);
        }
        int count = Math.min(rest.remaining(), into.remaining());
        into.put(rest.slice(rest.position(), count));
        rest.position(rest.position() + count);
        return count;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static UnixHttp answer(SocketChannel channel) throws IOException {
        byte[] bytes = new byte[MAX_HEAD];
        ByteBuffer head = ByteBuffer.wrap(bytes);
        int end = -1;
        while (end < 0) {
            int from = Math.max(0, head.position() - 3);
            if (!head.hasRemaining() || channel.read(head) < 0) {
                throw new IOException("no HTTP answer");
            }
            end = endOfHead(bytes, from, head.position());
        }
        int status = status(bytes);
        head.flip().position(end);
        return new UnixHttp(channel, head, status);
    }

    /// Index behind the empty line, or -1.
    private static int endOfHead(byte[] bytes, int from, int length) {
        for (int i = from; i + 3 < length; i++) {
            if (bytes[i] == '\r'
                    && bytes[i + 1] == '\n'
                    && bytes[i + 2] == '\r'
                    && bytes[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    /// The number in `HTTP/1.x NNN …`.
    private static int status(byte[] head) throws IOException {
        int status = 0;
        for (int i = 9; i < 12; i++) {
            int digit = head[i] - '0';
            if (head[0] != 'H' || digit < 0 || digit > 9) {
                throw new IOException("not an HTTP answer");
            }
            status = status * 10 + digit;
        }
        return status;
    }
}
