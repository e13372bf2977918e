// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A parent that answers what the test wants. A script that returns ends its connection.
final class FakeParent implements Closeable {
    private final ServerSocket acceptor;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    interface Script {
        void run(InputStream in, OutputStream out) throws IOException;
    }

    FakeParent(Script script) throws IOException {
        acceptor = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(script));
    }

    /// A parent that says hello, takes a request, and sends `reply`.
    static FakeParent replying(byte[] reply) throws IOException {
        return new FakeParent((in, out) -> {
            hello(in, out);
            in.readNBytes(Wire.REQUEST_BYTES);
            out.write(reply);
        });
    }

    /// The same, but afterwards it says nothing and keeps the connection.
    static FakeParent silentAfter(byte[] reply) throws IOException {
        return new FakeParent((in, out) -> {
            hello(in, out);
            in.readNBytes(Wire.REQUEST_BYTES);
            out.write(reply);
            in.readAllBytes();
        });
    }

    HostPort address() {
        return new HostPort(acceptor.getInetAddress().getHostAddress(), acceptor.getLocalPort());
    }

    static void hello(InputStream in, OutputStream out) throws IOException {
        in.readNBytes(Wire.CLIENT_HELLO);
        out.write(helloBytes(Wire.MAX_VERSION));
    }

    static byte[] helloBytes(int version) {
        ByteBuffer hello = ByteBuffer.allocate(Wire.MAX_SERVER_HELLO);
        Wire.putServerHello(hello, version, new PeerId("fake"));
        return Arrays.copyOf(hello.array(), hello.position());
    }

    static byte[] frame(int type, int a, int b) {
        ByteBuffer frame = ByteBuffer.allocate(Wire.HEAD);
        Wire.putHead(frame, (byte) type, a, b);
        return frame.array();
    }

    static byte[] join(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteBuffer joined = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            joined.put(part);
        }
        return joined.array();
    }

    private void accept(Script script) {
        try {
            while (true) {
                Socket socket = acceptor.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket, script));
            }
        } catch (IOException _) {
            // The test is over.
        }
    }

    private static void serve(Socket socket, Script script) {
        try (socket) {
            script.run(socket.getInputStream(), socket.getOutputStream());
        } catch (IOException _) {
            // The client left.
        }
    }

    @Override
    public void close() throws IOException {
        acceptor.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
