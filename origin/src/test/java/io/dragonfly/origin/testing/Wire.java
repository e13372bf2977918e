// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The answering side of one connection. Head and body leave in one write where they are small, so that
/// what a client sees does not depend on timing.
public final class Wire {
    private static final int FLUSH = 64 << 10;

    private final Socket socket;
    private final OutputStream out;
    private final AtomicLong bytesSent;
    private final CountDownLatch serverClosed;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private boolean open = true;

    Wire(Socket socket, AtomicLong bytesSent, CountDownLatch serverClosed) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.bytesSent = bytesSent;
        this.serverClosed = serverClosed;
    }

    /// Status line and headers, each as written: `HTTP/1.1 200 OK`, `Content-Length: 5`, ….
    public Wire head(String... lines) throws IOException {
        return raw((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    public Wire body(byte[] bytes, long from, long to) throws IOException {
        for (long at = from; at < to; at += FLUSH) {
            int length = (int) Math.min(FLUSH, to - at);
            pending.write(bytes, Math.toIntExact(at), length);
            if (pending.size() >= FLUSH) {
                flush();
            }
            bytesSent.addAndGet(length);
        }
        return this;
    }

    public Wire raw(byte[] bytes) throws IOException {
        pending.write(bytes);
        return this;
    }

    /// One chunk of a chunked body.
    public Wire chunk(byte[] bytes, int from, int to) throws IOException {
        raw((Integer.toHexString(to - from) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        body(bytes, from, to);
        return raw("\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    public Wire lastChunk() throws IOException {
        return raw("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    public void flush() throws IOException {
        pending.writeTo(out);
        pending.reset();
        out.flush();
    }

    /// Sends what is pending, then ends the connection in an orderly way.
    public void close() throws IOException {
        flush();
        open = false;
    }

    /// Sends what is pending, then resets the connection. The client may lose what it has not read.
    public void reset() throws IOException {
        flush();
        socket.setSoLinger(true, 0);
        open = false;
    }

    /// Sends what is pending, then nothing until the client or the server closes.
    public void stall() throws IOException {
        flush();
        open = false;
        // Ends when the client closes: it sends nothing before.
        socket.getInputStream().read();
    }

    /// Sends bytes one at a time with a pause between, until all are sent or somebody closes.
    public void drip(byte[] bytes, int from, int to, long pauseMillis) throws IOException {
        for (int i = from; i < to; i++) {
            body(bytes, i, i + 1);
            flush();
            try {
                if (serverClosed.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                    open = false;
                    return;
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    boolean open() {
        return open;
    }
}
