// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// What is written is what is read.
final class MessagesTest {
    private static final DownloadReport REPORT =
            new DownloadReport(
                    "running",
                    "t",
                    "v",
                    10,
                    9,
                    1,
                    2,
                    3,
                    4,
                    "text/plain",
                    "\"e\"",
                    "now",
                    Map.of("supernode", 5L),
                    Map.of("10.0.0.1:65002", 6L));

    private final JsonFactory json = DaemonEvent.jsonFactory();

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private String text(Body body) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = json.createGenerator(text)) {
            body.write(generator);
        }
        return text.toString();
    }

    private DownloadOrder order(String text) throws IOException {
        return DownloadOrder.read(json.createParser(text));
    }

    @Test
    void anOrderSurvivesTheWire() throws IOException {
        DownloadOrder order =
                new DownloadOrder(
                        "https://h/f",
                        List.of("A: b", "C: d"),
                        "sha256:00",
                        List.of("x", "y"),
                        "tag",
                        true,
                        "PEM",
                        List.of("n:1"),
                        "cdn",
                        false,
                        7,
                        8,
                        "background",
                        "me");
        assertThat(order(text(order::write))).isEqualTo(order);
    }

    @Test
    void anOrderOfDefaultsIsOnlyItsUrl() throws IOException {
        DownloadOrder order = DownloadOrder.of("https://h/f");
        assertThat(text(order::write)).isEqualTo("{\"url\":\"https://h/f\"}");
        assertThat(order(text(order::write))).isEqualTo(order);
    }

    @Test
    void aBadOrderSaysWhatIsWrong() {
        Map<String, String> bad =
                Map.of(
                        "[]", "object",
                        "{}", "'url' is missing",
                        "{\"url\":1}", "'url' must be a string",
                        "{\"url\":\"u\",\"headers\":\"x\"}", "'headers' must be a list",
                        "{\"url\":\"u\",\"insecure\":\"yes\"}", "'insecure' must be true or false",
                        "{\"url\":\"u\",\"bytesPerSecond\":-1}", "must not be negative",
                        "{\"url\":\"u\",\"bytesPerSecond\":1.5}", "whole number",
                        "{\"url\":\"u\",\"digset\":\"x\"}", "unknown field 'digset'");
        bad.forEach((text, message) ->
                assertThatIllegalArgumentException()
                        .as(text)
                        .isThrownBy(() -> order(text))
                        .withMessageContaining(message));
        String many = "{\"url\":\"u\",\"filter\":[" + "\"x\",".repeat(1000) + "\"x\"]}";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> order(many))
                .withMessageContaining("too many");
    }

    @Test
    void eventsSurviveTheWireAndUnknownOnesAreSkipped() throws IOException {
        List<DaemonEvent> events =
                List.of(
                        new DaemonEvent.Started("1", "/store", 42),
                        new DaemonEvent.Progress(REPORT),
                        new DaemonEvent.Done(REPORT, "/store/x", null),
                        new DaemonEvent.Done(REPORT, "", "QUJD"),
                        new DaemonEvent.Failed(REPORT, "timeout", "too late"));
        StringBuilder stream = new StringBuilder("{\"event\":\"newer\",\"x\":{\"y\":[1]}}\n");
        for (DaemonEvent event : events) {
            stream.append(text(generator -> DaemonEvent.write(generator, event))).append('\n');
        }
        byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
        try (DaemonEvent.Reader reader =
                new DaemonEvent.Reader(json, new ByteArrayInputStream(bytes))) {
            for (DaemonEvent event : events) {
                assertThat(reader.next()).isEqualTo(event);
            }
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void ordersAreNeverPrinted() {
        assertThat(DownloadOrder.of("https://user:pw@h/f?token=x"))
                .hasToString("DownloadOrder[***]");
    }
}
