// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.origin.Cancellation;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// The body of an answer as it was sent. Ends normally only where the answer is complete, whatever
/// said how long it is: Content-Length, the last chunk, Content-Range, or the end of the
/// connection.
final class HttpBody extends InputStream {
    private final HttpCall call;
    private final Cancellation cancellation;
    private final String what;
    private final long promised;
    private long received;

    /// @param what for messages
    /// @param promised bytes, -1 where nobody said
    HttpBody(HttpCall call, Cancellation cancellation, String what, long promised) {
        this.call = call;
        this.cancellation = cancellation;
        this.what = what;
        this.promised = promised;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        int count;
        try {
            count = call.read(target, offset, length);
        } catch (IOException | RuntimeException e) {
            // Jetty may throw anything where another thread closed the exchange.
            call.close();
            if (cancellation.cancelled()) {
                throw new OriginException(
                        Kind.NETWORK, "the reading of " + what + " was cancelled", false, e);
            }
            throw Failures.inBody(what, received, promised, e);
        }
        if (count > 0) {
            received += count;
        }
        if (promised >= 0 && received > promised) {
            call.close();
            throw new OriginException(
                    Kind.PROTOCOL,
                    what + " sent more than the " + promised + " bytes that it promised",
                    false);
        }
        if (count < 0 && promised > received) {
            throw Failures.inBody(what, received, promised, new IOException("end of body"));
        }
        return count;
    }

    @Override
    public void close() {
        call.close();
    }
}
