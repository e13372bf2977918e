// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.daemon;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// How far a download is, as the API tells it.
///
/// @param phase `registering`, `running`, `done` or `failed`
/// @param task id of the task, or empty while unknown
/// @param version id of the version, or empty while unknown
/// @param length bytes of the content, -1 while unknown
/// @param verified bytes that are on this host and verified
/// @param fromPeers of `verified`, what other peers sent
/// @param fromSupernode what a supernode sent
/// @param fromOrigin what this host read from the origin
/// @param fromStore what was here before
/// @param waitedMillis what was waited for, by cause
/// @param parents bytes by the address that sent them
public record DownloadReport(
        String phase,
        String task,
        String version,
        long length,
        long verified,
        long fromPeers,
        long fromSupernode,
        long fromOrigin,
        long fromStore,
        String contentType,
        String etag,
        String lastModified,
        Map<String, Long> waitedMillis,
        Map<String, Long> parents) {
    public static final DownloadReport NONE =
            new DownloadReport(
                    "registering", "", "", -1, 0, 0, 0, 0, 0, "", "", "", Map.of(), Map.of());

    /// Writes the fields into the object that is open.
    public void writeFields(JsonGenerator json) throws IOException {
        json.writeStringField("phase", phase);
        json.writeStringField("task", task);
        json.writeStringField("version", version);
        json.writeNumberField("length", length);
        json.writeNumberField("verified", verified);
        json.writeNumberField("fromPeers", fromPeers);
        json.writeNumberField("fromSupernode", fromSupernode);
        json.writeNumberField("fromOrigin", fromOrigin);
        json.writeNumberField("fromStore", fromStore);
        json.writeStringField("contentType", contentType);
        json.writeStringField("etag", etag);
        json.writeStringField("lastModified", lastModified);
        writeNumbers(json, "waitedMillis", waitedMillis);
        writeNumbers(json, "parents", parents);
    }

    private static void writeNumbers(JsonGenerator json, String name, Map<String, Long> values)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> entry : values.entrySet()) {
            json.writeNumberField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    /// Collects the fields while an object is read.
    static final class Reader {
        private static final int MAX_ENTRIES = 100_000;

        private String phase = "";
        private String task = "";
        private String version = "";
        private long length = -1;
        private long verified;
        private long fromPeers;
        private long fromSupernode;
        private long fromOrigin;
        private long fromStore;
        private String contentType = "";
        private String etag = "";
        private String lastModified = "";
        private Map<String, Long> waitedMillis = Map.of();
        private Map<String, Long> parents = Map.of();

        /// Takes the value the parser stands on, or skips what it does not know.
        void read(String name, JsonParser json) throws IOException {
            switch (name) {
                case "phase" -> phase = json.getText();
                case "task" -> task = json.getText();
                case "version" -> version = json.getText();
                case "length" -> length = json.getLongValue();
                case "verified" -> verified = json.getLongValue();
                case "fromPeers" -> fromPeers = json.getLongValue();
                case "fromSupernode" -> fromSupernode = json.getLongValue();
                case "fromOrigin" -> fromOrigin = json.getLongValue();
                case "fromStore" -> fromStore = json.getLongValue();
                case "contentType" -> contentType = json.getText();
                case "etag" -> etag = json.getText();
                case "lastModified" -> lastModified = json.getText();
                case "waitedMillis" -> waitedMillis = numbers(json);
                case "parents" -> parents = numbers(json);
                default -> json.skipChildren();
            }
        }

        DownloadReport report() {
            return new DownloadReport(
                    phase,
                    task,
                    version,
                    length,
                    verified,
                    fromPeers,
                    fromSupernode,
                    fromOrigin,
                    fromStore,
                    contentType,
                    etag,
                    lastModified,
                    waitedMillis,
                    parents);
        }

        private static Map<String, Long> numbers(JsonParser json) throws IOException {
            Map<String, Long> values = new LinkedHashMap<>();
            if (json.currentToken() != JsonToken.START_OBJECT) {
                json.skipChildren();
                return values;
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                long value = json.nextLongValue(0);
                if (values.size() < MAX_ENTRIES) {
                    values.put(name, value);
                }
            }
            return values;
        }
    }
}
