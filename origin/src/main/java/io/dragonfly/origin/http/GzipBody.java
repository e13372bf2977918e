// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Undoes a gzip content coding (RFC 1952), of one or several members. The end counts only where
/// the last trailer is right and the encoded body ends there too, but for padding with zeros.
///
/// Not the JDK's GZIPInputStream: that takes a broken header of a later member, or one that has not
/// arrived yet, for the end of the file, and would cut it off silently.
final class GzipBody extends InputStream {
    private static final int BUFFER = 64 << 10;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream encoded;
    private final String what;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;
    private long memberLength;
    private boolean started;
    private boolean ended;

    GzipBody(InputStream encoded, String what) {
        this.encoded = encoded;
        this.what = what;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!started) {
            header();
            started = true;
        }
        while (!ended) {
            int count = inflate(target, offset, length);
            if (count > 0) {
                crc.update(target, offset, count);
                memberLength += count;
                return count;
            }
            if (inflater.finished()) {
                trailer();
                nextMember();
            }
        }
        return -1;
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        if (inflater.needsInput()) {
            if (position == limit && !fill()) {
                throw broken("ends in the middle of its gzip coding");
            }
            inflater.setInput(buffer, position, limit - position);
            position = limit;
        }
        try {
            int count = inflater.inflate(target, offset, length);
            if (count == 0 && inflater.needsDictionary()) {
                throw broken("is not valid gzip");
            }
            return count;
        } catch (DataFormatException e) {
            throw broken("is not valid gzip");
        }
    }

    private void trailer() throws IOException {
        position = limit - inflater.getRemaining();
        if (little(4) != crc.getValue() || little(4) != (memberLength & 0xffffffffL)) {
            throw broken("does not match the checksum of its gzip coding");
        }
    }

    /// Starts the next member, or ends.
    private void nextMember() throws IOException {
        inflater.reset();
        crc.reset();
        memberLength = 0;
        int first = peek();
        while (first == 0) {
            position++;
            first = peek();
            if (first > 0) {
                throw broken("has bytes behind the end of its gzip coding");
            }
        }
        if (first < 0) {
            ended = true;
        } else {
            header();
        }
    }

    private void header() throws IOException {
        if (nextByte() != 0x1f || nextByte() != 0x8b || nextByte() != 8) {
            throw broken("is not the gzip that its Content-Encoding says");
        }
        int flags = nextByte();
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip((int) little(2));
        }
        for (int field : new int[] {NAME, COMMENT}) {
            while ((flags & field) != 0 && nextByte() != 0) {
                // Names and comments end with a zero.
            }
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
    }

    private long little(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) nextByte() << (8 * i);
        }
        return value;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            nextByte();
        }
    }

    private int nextByte() throws IOException {
        int next = peek();
        if (next < 0) {
            throw broken("ends in the middle of its gzip coding");
        }
        position++;
        return next;
    }

    /// The next encoded byte, -1 at the end.
    private int peek() throws IOException {
        return position == limit && !fill() ? -1 : buffer[position] & 0xff;
    }

    private boolean fill() throws IOException {
        int count = encoded.read(buffer, 0, buffer.length);
        position = 0;
        limit = Math.max(0, count);
        return count > 0;
    }

    private OriginException broken(String why) {
        return new OriginException(Kind.PROTOCOL, "the answer of " + what + " " + why, false);
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        encoded.close();
    }
}
