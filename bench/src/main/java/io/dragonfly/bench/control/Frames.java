// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.control;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/// The client's side of a WebSocket (RFC 6455) on a socket that does not block: the upgrade, and
/// whole text frames. As little as a load generator needs, so that ten thousand of them cost little
/// beside what they measure: what arrives is read into a buffer that all share, and only what is
/// incomplete is kept. Used by one thread.
final class Frames {
    /// What becomes of frames.
    interface Receiver {
        void upgraded() throws IOException;

        void text(byte[] bytes, int offset, int length) throws IOException;
    }

    private static final int TEXT = 0x1;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;

    private final SocketChannel channel;
    private final Receiver receiver;
    private final ArrayDeque<ByteBuffer> outgoing = new ArrayDeque<>();
    private byte[] kept = {};
    private boolean upgraded;
    private long received;

    Frames(SocketChannel channel, Receiver receiver) {
        this.channel = channel;
        this.receiver = receiver;
    }

    /// Bytes that came so far, those of HTTP and of the frames' heads included.
    long received() {
        return received;
    }

    void upgrade(String host, String path) throws IOException {
        String request =
                """
                GET %s HTTP/1.1\r
                Host: %s\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
                Sec-WebSocket-Version: 13\r
                \r
                """
                        .formatted(path, host);
        send(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    }

    /// Sends one text frame.
    void text(byte[] payload) throws IOException {
        send(frame(TEXT, payload, 0, payload.length));
    }

    /// A masked frame whose mask is zero, which leaves the payload as it is.
    private static ByteBuffer frame(int opcode, byte[] payload, int offset, int length) {
        ByteBuffer frame = ByteBuffer.allocate(length + 14);
        frame.put((byte) (FIN | opcode));
        if (length < 126) {
            frame.put((byte) (MASKED | length));
        } else if (length < 1 << 16) {
            frame.put((byte) (MASKED | 126)).putShort((short) length);
        } else {
            frame.put((byte) (MASKED | 127)).putLong(length);
        }
        return frame.putInt(0).put(payload, offset, length).flip();
    }

    private void send(ByteBuffer bytes) throws IOException {
        if (outgoing.isEmpty()) {
            channel.write(bytes);
        }
        if (bytes.hasRemaining()) {
            outgoing.add(bytes);
        }
    }

    /// Whether something waits until the socket takes more.
    boolean blocked() {
        return !outgoing.isEmpty();
    }

    void writable() throws IOException {
        while (!outgoing.isEmpty()) {
            channel.write(outgoing.element());
            if (outgoing.element().hasRemaining()) {
                return;
            }
            outgoing.remove();
        }
    }

    /// Reads what is there.
    ///
    /// @param shared room to read into; its content is of no interest
    void readable(byte[] shared) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(shared).put(kept);
        int n = channel.read(in);
        if (n < 0) {
            throw new EOFException("the supernode closed the connection");
        }
        received += n;
        in.flip();
        if (!upgraded) {
            awaitUpgrade(shared, in);
        }
        while (upgraded && next(shared, in)) {}
        kept = new byte[in.remaining()];
        in.get(kept);
    }

    private void awaitUpgrade(byte[] bytes, ByteBuffer in) throws IOException {
        String text = new String(bytes, in.position(), in.remaining(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end >= 0) {
            if (!text.startsWith("HTTP/1.1 101 ")) {
                throw new ProtocolException("no upgrade: " + text.lines().findFirst().orElse(""));
            }
            in.position(in.position() + end + 4);
            upgraded = true;
            receiver.upgraded();
        }
    }

    /// Takes one frame; false where it is not all there.
    private boolean next(byte[] bytes, ByteBuffer in) throws IOException {
        int start = in.position();
        if (in.remaining() < 2) {
            return false;
        }
        int first = in.get();
        int length = in.get() & 0x7f;
        int more = length == 126 ? 2 : length == 127 ? 8 : 0;
        if (in.remaining() < more) {
            in.position(start);
            return false;
        }
        if (more > 0) {
            length = more == 2 ? Short.toUnsignedInt(in.getShort()) : (int) in.getLong();
        }
        if (in.remaining() < length) {
            if (start == 0 && in.limit() == in.capacity()) {
                throw new ProtocolException("a frame of " + length + " bytes");
            }
            in.position(start);
            return false;
        }
        int at = in.position();
        in.position(at + length);
        take(first & 0xf, bytes, at, length);
        return true;
    }

    private void take(int opcode, byte[] bytes, int at, int length) throws IOException {
        switch (opcode) {
            case TEXT -> receiver.text(bytes, at, length);
            case PING -> send(frame(PONG, bytes, at, length));
            case CLOSE ->
                    throw new EOFException(
                            "the supernode says: "
                                    + new String(
                                            bytes,
                                            Math.min(at + 2, at + length),
                                            Math.max(0, length - 2),
                                            StandardCharsets.UTF_8));
            default -> {}
        }
    }
}
