// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.daemon;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/// One line of the answer to `POST /v1/downloads`: `started`, then any number of `progress`, then
/// `done` or `failed`.
public sealed interface DaemonEvent {
    /// Content up to this size comes inside [Done].
    int MAX_INLINE_BYTES = 64 << 10;

    /// The order is accepted.
    ///
    /// @param id names the download in the other calls
    /// @param storeDirectory where the content file will be; empty unless caller and daemon are the
    ///   same user, who alone may link it
    /// @param storeDevice device number of that directory, to compare with the output's; 0 for
    ///   others
    record Started(String id, String storeDirectory, long storeDevice) implements DaemonEvent {}

    /// At least once a second, at most five times.
    record Progress(DownloadReport report) implements DaemonEvent {}

    /// All bytes are here and verified.
    ///
    /// @param contentFile path of the content, empty unless caller and daemon are the same user
    /// @param content base64 of the content where it has at most [#MAX_INLINE_BYTES], else null
    record Done(DownloadReport report, String contentFile, @Nullable String content)
            implements DaemonEvent {}

    /// The end without content.
    ///
    /// @param code word of the table of exit codes
    record Failed(DownloadReport report, String code, String message) implements DaemonEvent {}

    /// A factory with limits for what comes from the other side of a socket.
    static JsonFactory jsonFactory() {
        return JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder()
                                .maxNestingDepth(16)
                                .maxStringLength(DownloadOrder.MAX_BYTES)
                                .maxNameLength(1024)
                                .build())
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build();
    }

    /// Writes one object, without a line end.
    static void write(JsonGenerator json, DaemonEvent event) throws IOException {
        json.writeStartObject();
        switch (event) {
            case Started(String id, String storeDirectory, long storeDevice) -> {
                json.writeStringField("event", "started");
                json.writeStringField("id", id);
                json.writeStringField("storeDirectory", storeDirectory);
                json.writeNumberField("storeDevice", storeDevice);
            }
            case Progress(DownloadReport report) -> {
                json.writeStringField("event", "progress");
                report.writeFields(json);
            }
            case Done(DownloadReport report, String contentFile, String content) -> {
                json.writeStringField("event", "done");
                report.writeFields(json);
                json.writeStringField("contentFile", contentFile);
                if (content != null) {
                    json.writeStringField("content", content);
                }
            }
            case Failed(DownloadReport report, String code, String message) -> {
                json.writeStringField("event", "failed");
                report.writeFields(json);
                json.writeStringField("code", code);
                json.writeStringField("message", message);
            }
        }
        json.writeEndObject();
    }

    /// Reads events until the stream ends. Fields and events it does not know are skipped. Not
    /// thread-safe.
    final class Reader implements Closeable {
        private final JsonParser json;

        public Reader(JsonFactory factory, InputStream in) throws IOException {
            this.json = factory.createParser(in);
        }

        /// The next event, or null at the end of the stream.
        public @Nullable DaemonEvent next() throws IOException {
            while (json.nextToken() == JsonToken.START_OBJECT) {
                DaemonEvent event = object();
                if (event != null) {
                    return event;
                }
            }
            return null;
        }

        private @Nullable DaemonEvent object() throws IOException {
            DownloadReport.Reader report = new DownloadReport.Reader();
            String event = "";
            String id = "";
            String storeDirectory = "";
            long storeDevice = 0;
            String contentFile = "";
            String content = null;
            String code = "";
            String message = "";
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                switch (name) {
                    case "event" -> event = json.getText();
                    case "id" -> id = json.getText();
                    case "storeDirectory" -> storeDirectory = json.getText();
                    case "storeDevice" -> storeDevice = json.getLongValue();
                    case "contentFile" -> contentFile = json.getText();
                    case "content" -> content = json.getText();
                    case "code" -> code = json.getText();
                    case "message" -> message = json.getText();
                    default -> report.read(name, json);
                }
            }
            return switch (event) {
                case "started" -> new Started(id, storeDirectory, storeDevice);
                case "progress" -> new Progress(report.report());
                case "done" -> new Done(report.report(), contentFile, content);
                case "failed" -> new Failed(report.report(), code, message);
                default -> null;
            };
        }

        @Override
        public void close() throws IOException {
            json.close();
        }
    }
}
