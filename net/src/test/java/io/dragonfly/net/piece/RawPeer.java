// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.HostPort;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/// A socket to a piece server that says what the test wants.
final class RawPeer implements AutoCloseable {
    final Socket socket = new Socket();

    RawPeer(HostPort server) throws IOException {
        this(server, 0);
    }

    /// @param receiveBuffer bytes that fit between the server and a reader that does not read; 0 =
    ///   usual
    RawPeer(HostPort server, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(server.host(), server.port()));
    }

    RawPeer hello() throws IOException {
        ByteBuffer hello = ByteBuffer.allocate(Wire.CLIENT_HELLO);
        Wire.putClientHello(hello);
        send(hello.array());
        int length = Wire.serverHello(ByteBuffer.wrap(read(Wire.HEAD)));
        read(length);
        return this;
    }

    RawPeer request(RangeRequest request) throws IOException {
        send(requestBytes(request));
        return this;
    }

    static byte[] requestBytes(RangeRequest request) {
        ByteBuffer frame = ByteBuffer.allocate(Wire.REQUEST_BYTES);
        Wire.putRequest(frame, request);
        return frame.array();
    }

    void send(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    byte[] read(int n) throws IOException {
        return socket.getInputStream().readNBytes(n);
    }

    Wire.Head head() throws IOException {
        return Wire.Head.from(ByteBuffer.wrap(read(Wire.HEAD)));
    }

    /// Whether the server closes the connection, and sends nothing more before that.
    boolean ends() {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException _) {
            return true; // reset
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
