// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DownloadOrder;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A download by the daemon behind a socket. The order's connection carries the events; closing it
/// ends our interest.
final class DaemonSession implements DownloadSession {
    private final Path socket;
    private final JsonFactory jsonFactory;
    private final UnixHttp answer;
    private final DaemonEvent.Reader events;
    private volatile String id = "";
    private volatile @Nullable UnixHttp content;

    private DaemonSession(Path socket, JsonFactory jsonFactory, UnixHttp answer)
            throws IOException {
        this.socket = socket;
        this.jsonFactory = jsonFactory;
        this.answer = answer;
        this.events = new DaemonEvent.Reader(jsonFactory, Channels.newInputStream(answer));
    }

    /// Places the order on the connection.
    ///
    /// @throws CommandFailure where the daemon refuses it
    static DaemonSession order(DaemonFinder.Found daemon, DownloadOrder order) throws IOException {
        JsonFactory jsonFactory = DaemonEvent.jsonFactory();
        ByteArrayOutputStream body = new ByteArrayOutputStream(512);
        try (JsonGenerator json = jsonFactory.createGenerator(body)) {
            order.write(json);
        }
        SocketChannel channel = daemon.channel();
        UnixHttp answer = UnixHttp.call(channel, "POST", "/v1/downloads", body.toByteArray());
        if (answer.status() == 503) {
            answer.close();
            throw new IOException("dfdaemon is stopping");
        }
        if (answer.status() != 200) {
            try (answer) {
                throw refused(jsonFactory, answer);
            }
        }
        return new DaemonSession(daemon.socket(), jsonFactory, answer);
    }

    @Override
    public @Nullable DaemonEvent next() throws IOException {
        DaemonEvent event = events.next();
        if (event instanceof DaemonEvent.Started started) {
            id = started.id();
        }
        return event;
    }

    @Override
    public ReadableByteChannel content() throws IOException {
        SocketChannel channel = UnixHttp.connect(socket);
        try {
            UnixHttp body =
                    UnixHttp.call(channel, "GET", "/v1/downloads/" + id + "/content", new byte[0]);
            if (body.status() != 200) {
                throw refused(jsonFactory, body);
            }
            content = body;
            return body;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        UnixHttp body = content;
        if (body != null) {
            body.close();
        }
        answer.close();
    }

    /// Reads the Problem document of a refusal.
    private static CommandFailure refused(JsonFactory jsonFactory, UnixHttp answer) {
        String code = "";
        String detail = "";
        try (JsonParser json = jsonFactory.createParser(Channels.newInputStream(answer))) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                for (String name = json.nextFieldName();
                        name != null;
                        name = json.nextFieldName()) {
                    json.nextToken();
                    switch (name) {
                        case "code" -> code = json.getText();
                        case "detail" -> detail = json.getText();
                        default -> json.skipChildren();
                    }
                }
            }
        } catch (IOException _) {
            detail = "";
        }
        ExitCode exitCode = code.isEmpty() ? byStatus(answer.status()) : ExitCode.of(code);
        String message = detail.isEmpty() ? "status " + answer.status() : detail;
        return new CommandFailure(exitCode, "dfdaemon refused: " + message);
    }

    private static ExitCode byStatus(int status) {
        return switch (status) {
            case 400, 413 -> ExitCode.USAGE;
            case 401, 403 -> ExitCode.NOT_PERMITTED;
            default -> ExitCode.DAEMON_UNAVAILABLE;
        };
    }
}
