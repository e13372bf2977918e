// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.net.piece.PieceSource.Content;
import io.dragonfly.net.tls.TlsChannel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Writes frames to one connection of a server.
///
/// Frames gather in a buffer of 16 KiB, and the first bytes of a block go into it behind its head:
/// no head costs a packet of its own, and that ordinary write is where a virtual thread parks while
/// the socket is full. The rest of the block goes by `transferTo`, which must only ever meet a
/// socket that the JDK has put into non-blocking mode (a read or write of a virtual thread did; the
/// hello always comes first), else sendfile would block the carrier thread; there it returns 0
/// instead of waiting, and the next 16 KiB go the ordinary way again.
///
/// Over TLS every byte passes through this process: the buffer is larger then, because it costs a
/// system call each time it is full, and all of a block goes through it.
final class BlockSender {
    private static final int BUFFER = 16 << 10;

    /// A head and then, four times in a block, whole records.
    private static final int TLS_BUFFER = 4 * TlsChannel.RECORD + 64;

    private final Link link;
    private final Pace pace;
    private final SendMeter meter;
    private final PieceCounters counters;
    private ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);

    /// The own store could not be read; the requester is not to blame.
    static final class StoreException extends IOException {
        private static final long serialVersionUID = 1;

        StoreException(String message, IOException cause) {
            super(message, cause);
        }
    }

    BlockSender(Link link, Throttle upload, SendMeter meter, PieceCounters counters) {
        this.link = link;
        this.pace = new Pace(upload);
        this.meter = meter;
        this.counters = counters;
    }

    /// The buffer, for what does not go through a frame; there is room for `bytes`.
    ByteBuffer room(int bytes) throws IOException {
        if (out.remaining() < bytes) {
            flush();
        }
        return out;
    }

    void frame(byte type, int a, int b) throws IOException {
        Wire.putHead(room(Wire.HEAD), type, a, b);
    }

    void error(Wire.ErrorCode code) throws IOException {
        counters.add(PieceCounters.Count.ERRORS_SENT, 1);
        frame(Wire.ERROR, code.number(), 0);
    }

    void header(List<Sha256> digests) throws IOException {
        frame(Wire.HEADER, 0, digests.size());
        byte[] bytes = new byte[Sha256.BYTES];
        for (Sha256 digest : digests) {
            digest.copyTo(bytes, 0);
            room(Sha256.BYTES).put(bytes);
        }
    }

    /// Sends what has gathered.
    void flush() throws IOException {
        out.flip();
        try {
            while (out.hasRemaining()) {
                int moved = 0;
                meter.begin();
                try {
                    moved = link.channel().write(out);
                } finally {
                    meter.end(moved);
                }
            }
        } finally {
            out.clear();
        }
    }

    /// Sends a block that is here.
    void block(Content content, int block, int length) throws IOException {
        if (link.secured() && out.capacity() < TLS_BUFFER) {
            flush();
            out = ByteBuffer.allocateDirect(TLS_BUFFER);
        }
        frame(Wire.BLOCK, block, length);
        int sent = copy(content, block, 0, length);
        while (sent < length) {
            if (link.secured()) {
                sent += copy(content, block, sent, length);
                continue;
            }
            int count = pace.allow(length - sent);
            int moved = transfer(content, block, sent, count);
            if (moved == 0) {
                sent += copy(content, block, sent, length);
            } else {
                passed(moved);
                sent += moved;
            }
        }
        counters.add(PieceCounters.Count.BLOCKS_SENT, 1);
    }

    private int copy(Content content, int block, int offset, int length) throws IOException {
        int count = pace.allow(Math.min(length - offset, room(1).remaining()));
        ByteBuffer chunk = out.slice(out.position(), count);
        try {
            content.read(block, offset, chunk);
        } catch (IOException e) {
            throw new StoreException("cannot read block " + block + ": " + e.getMessage(), e);
        }
        out.position(out.position() + count);
        flush();
        passed(count);
        return count;
    }

    /// Counted as they go, not by blocks: a slow block would count as a burst.
    private void passed(int bytes) {
        pace.passed(bytes);
        counters.add(PieceCounters.Count.BYTES_SENT, bytes);
    }

    private int transfer(Content content, int block, int offset, int count) throws IOException {
        int moved = 0;
        meter.begin();
        try {
            moved = (int) content.transferTo(block, offset, count, link.channel());
            return moved;
        } finally {
            meter.end(moved);
        }
    }
}
