// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// A client of the piece protocol that knows no more than its description.
public final class Piece {
    private static final int TIMEOUT_MILLIS = 20_000;

    /// The first frame of an answer.
    public enum Answer {
        BYTES,
        UNKNOWN_VERSION,
        OTHER_ERROR
    }

    private Piece() {}

    /// Asks a port of this machine for the first block of a version.
    ///
    /// @param version 32 hex digits
    /// @param secret 32 hex digits
    public static Answer ask(int port, String version, String secret) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            out.write("DFP1".getBytes(StandardCharsets.US_ASCII));
            out.write(1);
            in.skipNBytes(5);
            in.skipNBytes(in.readInt());
            out.write(1);
            out.write(HexFormat.of().parseHex(version));
            out.write(HexFormat.of().parseHex(secret));
            out.writeInt(0);
            out.writeInt(0);
            out.writeInt(1);
            out.write(0);
            out.flush();
            int type = in.read();
            int code = in.readInt();
            if (type != 0x15) {
                return Answer.BYTES;
            }
            return code == 1 ? Answer.UNKNOWN_VERSION : Answer.OTHER_ERROR;
        }
    }
}
