// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// A connection that sends just the bytes that it is told, over TCP or a Unix socket.
public final class RawSocket {
    private RawSocket() {}

    /// Sends something and reads until the other side closes.
    ///
    /// @param bytes each character is one
    /// @return the answer, each byte a character; what came before a reset where there was one
    public static String exchange(SocketAddress address, String bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            ByteBuffer left = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
            try {
                while (left.hasRemaining()) {
                    channel.write(left);
                }
            } catch (IOException e) {
                // It has heard enough; its answer may be there all the same.
            }
            return answer(Channels.newInputStream(channel));
        }
    }

    private static String answer(InputStream in) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] chunk = new byte[16 << 10];
        try {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                answer.write(chunk, 0, count);
            }
        } catch (IOException e) {
            // A reset ends it as well.
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }
}
