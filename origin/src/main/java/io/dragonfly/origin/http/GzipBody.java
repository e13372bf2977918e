// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Undoes a gzip content coding. The end counts only where the gzip trailer is right and the encoded
/// body ends there too.
final class GzipBody extends InputStream {
    private static final int BUFFER = 64 << 10;

    private final Peekable encoded;
    private final String what;
    private @Nullable GZIPInputStream decoded;

    GzipBody(InputStream encoded, String what) {
        this.encoded = new Peekable(encoded);
        this.what = what;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            GZIPInputStream stream = decoded;
            if (stream == null) {
                stream = new GZIPInputStream(encoded, BUFFER);
                decoded = stream;
            }
            int count = stream.read(target, offset, length);
            if (count < 0 && encoded.read() >= 0) {
                throw broken("has bytes behind the end of its gzip coding", new IOException());
            }
            return count;
        } catch (EOFException e) {
            throw broken("ends in the middle of its gzip coding", e);
        } catch (ZipException e) {
            throw broken("is not the gzip that its Content-Encoding says", e);
        }
    }

    private OriginException broken(String why, IOException cause) {
        return new OriginException(Kind.PROTOCOL, "the answer of " + what + " " + why, false, cause);
    }

    @Override
    public void close() throws IOException {
        encoded.close();
    }

    /// Answers [#available] by looking: the JDK's gzip stream takes 0 for the end of the last member,
    /// and would drop the rest of a file of several members.
    private static final class Peekable extends FilterInputStream {
        Peekable(InputStream in) {
            super(new PushbackInputStream(in, 1));
        }

        @Override
        public int available() throws IOException {
            int next = in.read();
            if (next < 0) {
                return 0;
            }
            ((PushbackInputStream) in).unread(next);
            return 1;
        }
    }
}
