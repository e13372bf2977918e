// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.loopback;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A supernode of another time: it takes the WebSocket of a control stream, and answers whatever is
/// said first with `rejected`.
final class OtherSupernode implements Closeable {
    private static final String REJECTED =
            """
            [{"type":"rejected","code":"incompatible",\
            "message":"this supernode speaks versions 8..9 of the protocol, the peer 1..1"}]\
            """;

    /// RFC 6455, 1.3.
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.1"));
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    OtherSupernode() throws IOException {
        Thread.ofVirtual().name("other-supernode").start(this::accept);
    }

    String node() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            String key = key(in);
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("HTTP/1.1 101 Switching Protocols\r\n"
                                    + "Upgrade: websocket\r\n"
                                    + "Connection: Upgrade\r\n"
                                    + "Sec-WebSocket-Accept: "
                                    + accept(key)
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            // The hello begins.
            int first = in.read();
            byte[] text = REJECTED.getBytes(StandardCharsets.UTF_8);
            if (first >= 0) {
                out.write(new byte[] {(byte) 0x81, 126, (byte) (text.length >> 8)});
                out.write(text.length);
                out.write(text);
                out.write(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xe8});
                out.flush();
            }
            while (in.read() >= 0) {
                // Until the peer closes.
            }
        } catch (IOException e) {
            // The peer closed.
        }
    }

    private static String key(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0 || head.length() > 16 << 10) {
                throw new IOException("no head");
            }
            head.append((char) b);
        }
        return head.toString()
                .lines()
                .filter(line -> line.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18))
                .map(line -> line.substring(18).strip())
                .findFirst()
                .orElseThrow(() -> new IOException("no key"));
    }

    private static String accept(String key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + MAGIC).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
