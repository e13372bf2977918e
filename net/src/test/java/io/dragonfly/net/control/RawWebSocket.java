// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.core.model.HostPort;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Base64;

/// One end of a WebSocket that does exactly what a test wants, right or wrong.
final class RawWebSocket implements Closeable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /// A frame as it came; `raw` holds one character per byte.
    record Frame(int opCode, String raw) {
        String text() {
            return new String(raw.getBytes(ISO_8859_1), UTF_8);
        }

        /// What a close frame says after its code.
        String reason() {
            return raw.substring(2);
        }

        int closeCode() {
            return raw.charAt(0) << 8 | raw.charAt(1);
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final boolean masks;
    private final String head;

    private RawWebSocket(Socket socket, boolean masks, String head) throws IOException {
        this.socket = socket;
        this.masks = masks;
        this.head = head;
        in = new DataInputStream(socket.getInputStream());
    }

    /// Asks for an upgrade with more header lines, each ended by CR LF; whether it came shows
    /// [#head].
    static RawWebSocket connect(HostPort server, String moreHeaders) throws IOException {
        Socket socket = new Socket(InetAddress.ofLiteral(server.host()), server.port());
        String request =
                """
                GET /v1/control HTTP/1.1\r
                Host: x\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r
                """;
        socket.getOutputStream().write((request + moreHeaders + "\r\n").getBytes(US_ASCII));
        return new RawWebSocket(socket, true, readHead(socket));
    }

    static RawWebSocket connect(HostPort server) throws IOException {
        return connect(server, "");
    }

    /// Agrees to the upgrade that the other end asks for.
    static RawWebSocket accept(Socket socket) throws Exception {
        String request = readHead(socket);
        String key =
                request.lines()
                        .filter(l -> l.startsWith("Sec-WebSocket-Key:"))
                        .map(l -> l.substring(l.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElseThrow();
        byte[] sha1 =
                MessageDigest.getInstance("SHA-1")
                        .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(US_ASCII));
        String answer =
                "HTTP/1.1 101 OK\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: "
                        + Base64.getEncoder().encodeToString(sha1)
                        + "\r\n\r\n";
        socket.getOutputStream().write(answer.getBytes(US_ASCII));
        return new RawWebSocket(socket, false, request);
    }

    private static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                break;
            }
            head.append((char) b);
        }
        return head.toString();
    }

    /// The request or answer that came with the upgrade.
    String head() {
        return head;
    }

    RawWebSocket text(String text) throws IOException {
        return frame(TEXT, true, text.getBytes(UTF_8));
    }

    RawWebSocket frame(int opCode, boolean last, byte[] payload) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write((last ? 0x80 : 0) | opCode);
        int mask = masks ? 0x80 : 0;
        if (payload.length < 126) {
            out.write(mask | payload.length);
        } else {
            out.write(mask | 127);
            out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        if (masks) {
            out.writeBytes(new byte[4]); // a mask of zeros changes nothing
        }
        out.writeBytes(payload);
        return bytes(out.toByteArray());
    }

    RawWebSocket bytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Frame read() throws IOException {
        int opCode = in.readUnsignedByte() & 0x0f;
        int size = in.readUnsignedByte();
        long length =
                switch (size & 0x7f) {
                    case 126 -> in.readUnsignedShort();
                    case 127 -> in.readLong();
                    default -> size & 0x7f;
                };
        byte[] mask = new byte[4];
        if ((size & 0x80) != 0) {
            in.readFully(mask);
        }
        byte[] payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return new Frame(opCode, new String(payload, ISO_8859_1));
    }

    /// The next frame of a kind; others are dropped.
    Frame read(int opCode) throws IOException {
        Frame frame = read();
        while (frame.opCode() != opCode) {
            frame = read();
        }
        return frame;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
