// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.daemon;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Body of `POST /v1/downloads`, as text that the daemon checks. Only `url` must be there; fields
/// that have their default are not written, so that an older daemon understands a newer client that
/// uses nothing new.
///
/// @param headers lines `Name: value` for the origin
/// @param digest `sha256:<hex>` or empty
/// @param nodes supernodes `host[:port]`; empty: those of the daemon
/// @param pattern `p2p`, `cdn` or `source`
/// @param bytesPerSecond limit of this download, 0 for none
/// @param totalBytesPerSecond what the caller wants all downloads of the host together to use, 0
///   for no wish; a running daemon takes it as a second limit of this download
/// @param traffic how urgent it is against the daemon's other downloads: `foreground`, `preheat` or
///   `background`
/// @param callSystem label of the caller, for the daemon's log
public record DownloadOrder(
        String url,
        List<String> headers,
        String digest,
        List<String> filter,
        String tag,
        boolean insecure,
        String caCerts,
        List<String> nodes,
        String pattern,
        boolean backToSource,
        long bytesPerSecond,
        long totalBytesPerSecond,
        String traffic,
        String callSystem) {
    /// Somebody waits for it.
    public static final String FOREGROUND = "foreground";

    /// Larger bodies are refused.
    public static final int MAX_BYTES = 4 << 20;

    private static final int MAX_ITEMS = 1000;

    public DownloadOrder {
        headers = List.copyOf(headers);
        filter = List.copyOf(filter);
        nodes = List.copyOf(nodes);
    }

    public static DownloadOrder of(String url) {
        return new DownloadOrder(
                url,
                List.of(),
                "",
                List.of(),
                "",
                false,
                "",
                List.of(),
                "p2p",
                true,
                0,
                0,
                FOREGROUND,
                "");
    }

    public void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("url", url);
        writeList(json, "headers", headers);
        writeText(json, "digest", digest, "");
        writeList(json, "filter", filter);
        writeText(json, "tag", tag, "");
        if (insecure) {
            json.writeBooleanField("insecure", true);
        }
        writeText(json, "caCerts", caCerts, "");
        writeList(json, "nodes", nodes);
        writeText(json, "pattern", pattern, "p2p");
        if (!backToSource) {
            json.writeBooleanField("backToSource", false);
        }
        if (bytesPerSecond > 0) {
            json.writeNumberField("bytesPerSecond", bytesPerSecond);
        }
        if (totalBytesPerSecond > 0) {
            json.writeNumberField("totalBytesPerSecond", totalBytesPerSecond);
        }
        writeText(json, "class", traffic, FOREGROUND);
        writeText(json, "callSystem", callSystem, "");
        json.writeEndObject();
    }

    /// Reads one object. A field that is not known is an error: to ignore a digest or a limit that
    /// the caller asked for would be worse than to refuse.
    ///
    /// @throws IllegalArgumentException with a message for users
    public static DownloadOrder read(JsonParser json) throws IOException {
        Fields fields = new Fields();
        require(json.nextToken() == JsonToken.START_OBJECT, "the body must be a JSON object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            fields.read(name, json);
        }
        require(!fields.url.isEmpty(), "'url' is missing");
        return new DownloadOrder(
                fields.url,
                fields.headers,
                fields.digest,
                fields.filter,
                fields.tag,
                fields.insecure,
                fields.caCerts,
                fields.nodes,
                fields.pattern,
                fields.backToSource,
                fields.bytesPerSecond,
                fields.totalBytesPerSecond,
                fields.traffic,
                fields.callSystem);
    }

    /// Hides everything: URL and headers may hold credentials.
    @Override
    public String toString() {
        return "DownloadOrder[***]";
    }

    private static void writeText(JsonGenerator json, String name, String value, String normal)
            throws IOException {
        if (!value.equals(normal)) {
            json.writeStringField(name, value);
        }
    }

    private static void writeList(JsonGenerator json, String name, List<String> values)
            throws IOException {
        if (values.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /// What has been read so far.
    private static final class Fields {
        private String url = "";
        private final List<String> headers = new ArrayList<>();
        private String digest = "";
        private final List<String> filter = new ArrayList<>();
        private String tag = "";
        private boolean insecure;
        private String caCerts = "";
        private final List<String> nodes = new ArrayList<>();
        private String pattern = "p2p";
        private boolean backToSource = true;
        private long bytesPerSecond;
        private long totalBytesPerSecond;
        private String traffic = FOREGROUND;
        private String callSystem = "";

        void read(String name, JsonParser json) throws IOException {
            switch (name) {
                case "url" -> url = text(name, json);
                case "headers" -> list(name, json, headers);
                case "digest" -> digest = text(name, json);
                case "filter" -> list(name, json, filter);
                case "tag" -> tag = text(name, json);
                case "insecure" -> insecure = flag(name, json);
                case "caCerts" -> caCerts = text(name, json);
                case "nodes" -> list(name, json, nodes);
                case "pattern" -> pattern = text(name, json);
                case "backToSource" -> backToSource = flag(name, json);
                case "bytesPerSecond" -> bytesPerSecond = number(name, json);
                case "totalBytesPerSecond" -> totalBytesPerSecond = number(name, json);
                case "class" -> traffic = text(name, json);
                case "callSystem" -> callSystem = text(name, json);
                default -> throw new IllegalArgumentException("unknown field '" + name + "'");
            }
        }

        private static String text(String name, JsonParser json) throws IOException {
            require(
                    json.currentToken() == JsonToken.VALUE_STRING,
                    "'" + name + "' must be a string");
            return json.getText();
        }

        private static boolean flag(String name, JsonParser json) {
            boolean valid = json.currentToken().isBoolean();
            require(valid, "'" + name + "' must be true or false");
            return json.currentToken() == JsonToken.VALUE_TRUE;
        }

        private static long number(String name, JsonParser json) throws IOException {
            boolean whole = json.currentToken() == JsonToken.VALUE_NUMBER_INT;
            require(
                    whole && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER,
                    "'" + name + "' must be a whole number");
            require(json.getLongValue() >= 0, "'" + name + "' must not be negative");
            return json.getLongValue();
        }

        private static void list(String name, JsonParser json, List<String> into)
                throws IOException {
            require(json.currentToken() == JsonToken.START_ARRAY, "'" + name + "' must be a list");
            while (json.nextToken() != JsonToken.END_ARRAY) {
                require(into.size() < MAX_ITEMS, "'" + name + "' has too many items");
                into.add(text(name, json));
            }
        }
    }
}
