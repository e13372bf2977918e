// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.VersionId;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/// The layout of everything that is sent; `docs/protocol-piece.md` is its text. Every integer is
/// big-endian. What the server sends always starts with a head of [#HEAD] bytes, so that a reader
/// needs no look-ahead.
final class Wire {
    /// `DFP1`.
    static final int MAGIC = 0x44465031;

    static final int MIN_VERSION = 1;
    static final int MAX_VERSION = 1;

    /// Bytes of the client's hello: magic, highest version.
    static final int CLIENT_HELLO = 5;

    /// Bytes of the head of whatever the server sends, its hello included.
    static final int HEAD = 9;

    static final byte REQUEST = 1;
    static final byte PING = 2;

    /// Bytes of a whole REQUEST, its type included.
    static final int REQUEST_BYTES = 1 + 16 + 16 + 4 + 4 + 4 + 1;

    static final byte HEADER = 0x11;
    static final byte BLOCK = 0x12;
    static final byte WAITING = 0x13;
    static final byte END = 0x14;
    static final byte ERROR = 0x15;
    static final byte PONG = 0x16;

    /// A piece has at most so many blocks: 64 MiB of 1 KiB.
    static final int MAX_DIGESTS = 1 << 16;

    /// A block has at most so many bytes.
    static final int MAX_BLOCK = 4 << 20;

    private static final int MAX_PEER_ID_BYTES = 4 * 128;

    /// The largest hello of a server.
    static final int MAX_SERVER_HELLO = HEAD + MAX_PEER_ID_BYTES;

    private static final int ID_BYTES = 16;
    private static final byte WANTS_DIGESTS = 1;

    private Wire() {}

    /// What an ERROR says.
    enum ErrorCode {
        /// Not here, or not opened by this secret: the two are never told apart.
        UNKNOWN_VERSION(1),
        BUSY(2),
        /// The version ended before the block came.
        NOT_AVAILABLE(3),
        SHUTTING_DOWN(4),
        BAD_REQUEST(5);

        private final int number;

        ErrorCode(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        static String describe(int number) {
            for (ErrorCode code : values()) {
                if (code.number == number) {
                    return code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                }
            }
            return "error " + number;
        }
    }

    /// The head of one frame from the server; what `a` and `b` are depends on the type.
    record Head(byte type, int a, int b) {
        static Head from(ByteBuffer in) {
            return new Head(in.get(), in.getInt(), in.getInt());
        }

        boolean is(ErrorCode code) {
            return type == ERROR && a == code.number();
        }
    }

    static void putHead(ByteBuffer out, byte type, int a, int b) {
        out.put(type).putInt(a).putInt(b);
    }

    /// The highest version that both sides speak, or 0.
    static int choose(int theirMax, int ourMin, int ourMax) {
        int chosen = Math.min(theirMax, ourMax);
        return chosen >= ourMin ? chosen : 0;
    }

    static void putClientHello(ByteBuffer out) {
        out.putInt(MAGIC).put((byte) MAX_VERSION);
    }

    /// Takes [#CLIENT_HELLO] bytes.
    ///
    /// @return the highest version that the client speaks
    static int clientHello(ByteBuffer in) throws ProtocolException {
        if (in.getInt() != MAGIC) {
            throw new ProtocolException("not the piece protocol");
        }
        return Byte.toUnsignedInt(in.get());
    }

    static void putServerHello(ByteBuffer out, int version, PeerId self) {
        byte[] id = self.value().getBytes(StandardCharsets.UTF_8);
        out.putInt(MAGIC).put((byte) version).putInt(id.length).put(id);
    }

    /// Takes [#HEAD] bytes of the server's hello.
    ///
    /// @return length of the peer id that follows
    static int serverHello(ByteBuffer in) throws ProtocolException {
        if (in.getInt() != MAGIC) {
            throw new ProtocolException("does not speak the piece protocol");
        }
        int version = Byte.toUnsignedInt(in.get());
        if (version < MIN_VERSION || version > MAX_VERSION) {
            throw new ProtocolException(
                    "no common version of the piece protocol (we speak %d to %d)"
                            .formatted(MIN_VERSION, MAX_VERSION));
        }
        int length = in.getInt();
        if (length < 1 || length > MAX_PEER_ID_BYTES) {
            throw new ProtocolException("peer id of %d bytes".formatted(length));
        }
        return length;
    }

    static PeerId peerId(byte[] bytes) throws ProtocolException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.isEmpty() || text.length() > 128) {
            throw new ProtocolException("peer id of %d chars".formatted(text.length()));
        }
        return new PeerId(text);
    }

    static void putRequest(ByteBuffer out, RangeRequest request) {
        out.put(REQUEST)
                .put(HexFormat.of().parseHex(request.version().hex()))
                .put(HexFormat.of().parseHex(request.secret().hex()))
                .putInt(request.piece())
                .putInt(request.firstBlock())
                .putInt(request.endBlock())
                .put(request.wantsDigests() ? WANTS_DIGESTS : 0);
    }

    /// Takes what follows the type of a REQUEST. The numbers are not checked.
    static RangeRequest request(ByteBuffer in) throws ProtocolException {
        byte[] id = new byte[ID_BYTES];
        in.get(id);
        VersionId version = new VersionId(HexFormat.of().formatHex(id));
        in.get(id);
        Secret secret = new Secret(HexFormat.of().formatHex(id));
        int piece = in.getInt();
        int firstBlock = in.getInt();
        int endBlock = in.getInt();
        byte flags = in.get();
        if ((flags & ~WANTS_DIGESTS) != 0) {
            throw new ProtocolException("unknown flags in a request: " + flags);
        }
        return new RangeRequest(version, secret, piece, firstBlock, endBlock, flags != 0);
    }
}
