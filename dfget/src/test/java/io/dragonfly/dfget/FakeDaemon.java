// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DownloadOrder;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/// A daemon's socket that answers what a test scripted.
final class FakeDaemon implements Closeable {
    /// Answers one order; the connection ends with it.
    interface Script {
        void play(Events events) throws IOException, InterruptedException;
    }

    /// Sends events of an order.
    final class Events {
        private final OutputStream out;
        private final InputStream in;
        private final JsonFactory json = new JsonFactory();

        private Events(OutputStream out, InputStream in) {
            this.out = out;
            this.in = in;
        }

        void send(DaemonEvent event) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            try (JsonGenerator generator = json.createGenerator(line)) {
                DaemonEvent.write(generator, event);
            }
            line.write('\n');
            line.writeTo(out);
        }

        /// Blocks until the client closes its connection.
        void awaitClosed() throws IOException {
            while (in.read() >= 0) {}
            closed.countDown();
        }

        /// Blocks until the client asked for the content.
        void awaitContentRequest() throws InterruptedException {
            contentRequested.await();
        }
    }

    private final ServerSocketChannel server;
    private final Path socket;
    private final BlockingQueue<DownloadOrder> orders = new LinkedBlockingQueue<>();
    private final CountDownLatch contentRequested = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Script script = events -> {};
    private volatile byte[] content = new byte[0];
    private volatile @Nullable String refusal;
    private volatile String contentPath = "";

    FakeDaemon(Path socket) throws IOException {
        this.socket = socket;
        Files.createDirectories(socket.toAbsolutePath().getParent());
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::accept);
    }

    void script(Script next) {
        script = next;
    }

    /// What `GET …/content` answers.
    void content(byte[] bytes) {
        content = bytes;
    }

    /// Answers orders with this whole HTTP response.
    void refuse(String response) {
        refusal = response;
    }

    DownloadOrder order() throws InterruptedException {
        return orders.take();
    }

    boolean wasAskedForContent() {
        return contentRequested.getCount() == 0;
    }

    String contentPath() {
        return contentPath;
    }

    void awaitClosed() throws InterruptedException {
        closed.await();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = server.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException _) {
            return;
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
            OutputStream out = Channels.newOutputStream(connection);
            String request = line(in);
            int length = 0;
            for (String header = line(in); !header.isEmpty(); header = line(in)) {
                if (header.startsWith("Content-Length: ")) {
                    length = Integer.parseInt(header.substring(16));
                }
            }
            byte[] body = in.readNBytes(length);
            if (request.isEmpty()) {
                return;
            }
            if (request.startsWith("GET ")) {
                contentPath = request.split(" ")[1];
                contentRequested.countDown();
                out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                out.write(content);
                return;
            }
            orders.add(DownloadOrder.read(new JsonFactory().createParser(body)));
            if (refusal != null) {
                out.write(refusal.getBytes(StandardCharsets.UTF_8));
                return;
            }
            out.write("HTTP/1.1 200 OK\r\nX: y\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            script.play(new Events(out, in));
        } catch (IOException | InterruptedException _) {
            // The client went away: part of some tests.
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
    }
}
