// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.tls;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/// A blocking channel that encrypts what goes through a socket. Used by one thread, that of the
/// connection; [#close] may be called by any, and closes the socket without another word: the
/// protocols inside say for themselves where they end.
///
/// Buffers are heap buffers, because the JDK's AES-GCM copies from and to direct ones.
public final class TlsChannel implements ByteChannel {
    /// Bytes of one record's content, at most.
    public static final int RECORD = 16 << 10;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /// What one write to the socket takes together, in records.
    private static final int WRITE_RECORDS = 5;

    private final SocketChannel socket;
    private final SSLEngine engine;

    /// Encrypted bytes that came, from position to limit.
    private final ByteBuffer netIn;

    /// Encrypted bytes to go out, from 0 to position; grows once, with the first long write.
    private ByteBuffer netOut;

    /// Decrypted bytes that nobody took yet, from position to limit.
    private ByteBuffer plain = NOTHING;

    private boolean heard;

    /// @param engine of [Tls]
    /// @param readRecords so many records fit into one read from the socket
    public TlsChannel(SocketChannel socket, SSLEngine engine, int readRecords) {
        this.socket = socket;
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        this.netIn = ByteBuffer.allocate(packet + (readRecords - 1) * RECORD).limit(0);
        this.netOut = ByteBuffer.allocate(packet);
    }

    /// Shakes hands; to be done before anything else. Blocks until the other side has answered, or
    /// the socket is closed.
    ///
    /// @throws NotTlsException where the other side speaks something else
    /// @throws SSLException where the two do not believe each other; see [TlsFailure]
    public void handshake() throws IOException {
        try {
            engine.beginHandshake();
            while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
                step();
            }
        } catch (SSLException e) {
            sayWhy();
            throw e;
        }
    }

    /// One step of a handshake, also of those that come in the middle of a connection (new keys).
    private void step() throws IOException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> runTasks();
            case NEED_WRAP -> {
                wrap(NOTHING);
                flush();
            }
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                if (unwrapToPlain() < 0) {
                    throw heard
                            ? new EOFException("connection closed in the TLS handshake")
                            : new NotTlsException("it closed the connection at TLS's first word");
                }
            }
            case FINISHED, NOT_HANDSHAKING -> {}
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask();
                task != null;
                task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /// @return decrypted bytes that are here now; -1 at the end
    private int unwrapToPlain() throws IOException {
        if (!plain.hasRemaining()) {
            if (plain.capacity() == 0) {
                plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
            }
            plain.clear();
            try {
                return unwrap(plain);
            } finally {
                plain.flip();
            }
        }
        return plain.remaining();
    }

    /// Decrypts the next record, for which it waits, unless the target is too small for it.
    ///
    /// @return bytes that came into the target; 0 where the record was none with content; -1 at the
    ///   end; [#TOO_SMALL]
    private int unwrap(ByteBuffer target) throws IOException {
        while (true) {
            SSLEngineResult result = engine.unwrap(netIn, target);
            switch (result.getStatus()) {
                case OK -> {
                    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                        runTasks();
                    }
                    return result.bytesProduced();
                }
                case BUFFER_OVERFLOW -> {
                    return TOO_SMALL;
                }
                case CLOSED -> {
                    return -1;
                }
                case BUFFER_UNDERFLOW -> {
                    if (!receive()) {
                        return -1;
                    }
                }
            }
        }
    }

    private static final int TOO_SMALL = -2;

    /// Reads from the socket.
    private boolean receive() throws IOException {
        netIn.compact();
        int n;
        try {
            n = socket.read(netIn);
        } catch (IOException e) {
            if (!heard && socket.isOpen()) {
                throw new NotTlsException("it broke the connection at TLS's first word", e);
            }
            throw e;
        } finally {
            netIn.flip();
        }
        if (!heard && n > 0) {
            heard = true;
            greeted(netIn.get(netIn.position()));
        }
        return n >= 0;
    }

    /// Looks at the first byte that ever came. A client of another protocol gets an alert all the
    /// same: ours knows one when it sees it.
    private void greeted(byte first) throws IOException {
        if (first != Wire.HANDSHAKE && first != Wire.ALERT) {
            if (!engine.getUseClientMode()) {
                socket.write(ByteBuffer.wrap(Wire.UNEXPECTED_MESSAGE));
            }
            throw new NotTlsException("it does not speak TLS");
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return 0;
        }
        try {
            while (true) {
                if (plain.hasRemaining()) {
                    return take(target);
                }
                int n = target.remaining() < RECORD ? TOO_SMALL : unwrap(target);
                if (n == TOO_SMALL) {
                    n = unwrapToPlain();
                }
                if (n < 0 || (n > 0 && !plain.hasRemaining())) {
                    return n;
                }
                if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                    step(); // the other side wants new keys, and an answer
                }
            }
        } catch (SSLException e) {
            sayWhy();
            throw e;
        }
    }

    private int take(ByteBuffer target) {
        int n = Math.min(plain.remaining(), target.remaining());
        target.put(target.position(), plain, plain.position(), n).position(target.position() + n);
        plain.position(plain.position() + n);
        return n;
    }

    /// Writes all of `source`.
    @Override
    public int write(ByteBuffer source) throws IOException {
        int bytes = source.remaining();
        if (bytes > RECORD && netOut.capacity() < WRITE_RECORDS * RECORD) {
            netOut = ByteBuffer.allocate(netOut.capacity() + (WRITE_RECORDS - 1) * (RECORD + 256));
        }
        while (source.hasRemaining()) {
            if (!wrap(source)) {
                flush();
            }
        }
        flush();
        return bytes;
    }

    /// Encrypts one record.
    ///
    /// @return false where there is no room for it
    private boolean wrap(ByteBuffer source) throws IOException {
        SSLEngineResult result = engine.wrap(source, netOut);
        if (result.getStatus() == Status.CLOSED) {
            throw new EOFException("the other side ended TLS");
        }
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
        return result.getStatus() == Status.OK;
    }

    private void flush() throws IOException {
        netOut.flip();
        try {
            while (netOut.hasRemaining()) {
                socket.write(netOut);
            }
        } catch (IOException e) {
            SSLException why = lastWord();
            if (why != null) {
                throw why;
            }
            throw e;
        } finally {
            netOut.clear();
        }
    }

    /// A server looks at its client's certificate when that one thinks that all is well. If the
    /// socket breaks under the client's first words, the reason has come already.
    private @Nullable SSLException lastWord() {
        try {
            while (socket.isOpen() && unwrapToPlain() == 0) {
                // a ticket, for example
            }
        } catch (SSLException e) {
            return e;
        } catch (IOException _) {
            // There is none; what broke says enough.
        }
        return null;
    }

    /// Sends the alert that the engine has ready, as far as that is still possible.
    private void sayWhy() {
        try {
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                    && engine.wrap(NOTHING, netOut).bytesProduced() > 0) {
                flush();
            }
        } catch (IOException _) {
            // The failure itself is what counts.
        }
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /// What is seen of TLS's records from outside.
    private static final class Wire {
        static final byte ALERT = 0x15;
        static final byte HANDSHAKE = 0x16;

        /// A fatal alert, `unexpected_message`.
        static final byte[] UNEXPECTED_MESSAGE = {ALERT, 3, 3, 0, 2, 2, 10};
    }
}
