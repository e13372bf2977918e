// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.control;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/// The piece port of all virtual peers: a supernode offers a peer to others only after it reached
/// it. Answers hellos and pings (docs/protocol-piece.md) and serves nothing. Which peer is meant
/// shows in the address that was dialled.
final class Door implements AutoCloseable {
    private static final int MAGIC = 0x44465031;
    private static final byte PING = 2;
    private static final byte PONG = 0x16;

    private final ServerSocket acceptor;
    private final Function<String, String> peerAt;

    /// @param peerAt the id of the peer at an address
    Door(Function<String, String> peerAt) throws IOException {
        this.peerAt = peerAt;
        acceptor = new ServerSocket();
        acceptor.bind(new InetSocketAddress("0.0.0.0", 0), 4096);
        Thread.ofVirtual().name("door").start(this::accept);
    }

    int port() {
        return acceptor.getLocalPort();
    }

    private void accept() {
        while (!acceptor.isClosed()) {
            try {
                Socket socket = acceptor.accept();
                Thread.ofVirtual().name("door-visitor").start(() -> answer(socket));
            } catch (IOException _) {
                // Closed, or out of descriptors; the peers that nobody reached show in the figures.
            }
        }
    }

    private void answer(Socket socket) {
        try (socket;
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            in.skipNBytes(5);
            String id = peerAt.apply(socket.getLocalAddress().getHostAddress());
            byte[] name = id.getBytes(StandardCharsets.US_ASCII);
            out.writeInt(MAGIC);
            out.writeByte(1);
            out.writeInt(name.length);
            out.write(name);
            out.flush();
            if (in.readByte() == PING) {
                out.writeByte(PONG);
                out.writeLong(0);
                out.flush();
            }
        } catch (IOException _) {
            // The supernode looked long enough.
        }
    }

    @Override
    public void close() throws IOException {
        acceptor.close();
    }
}
