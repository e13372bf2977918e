// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;

import io.dragonfly.origin.testing.Mangler;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/// What daemon and dfget say to each other, damaged: a message, or an error that both know how to
/// tell; and the reader comes to an end.
@Timeout(120)
final class MessagesFuzzTest {
    private static final int TEXTS = 5000;
    private static final List<String> EVENTS =
            List.of(
                    """
                    {"event":"started","id":"d","storeDirectory":"/s","storeDevice":5}
                    {"event":"progress","phase":"running","length":10,"parents":{"a:1":5}}
                    """,
                    """
                    {"event":"done","verified":3,"contentFile":"","content":"YWJj"}\
                    """,
                    """
                    {"event":"failed","code":"denied","message":"no","new":[1,{}]}\
                    """);
    private static final List<String> ORDERS =
            List.of(
                    "{\"url\":\"http://h/f\",\"headers\":[\"A: b\"],\"insecure\":true}",
                    "{\"url\":\"http://h/f\",\"bytesPerSecond\":5,\"class\":\"background\"}");
    private static final List<String> WORDS =
            List.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    ":",
                    ",",
                    "\"",
                    "null",
                    "true",
                    "1e999",
                    "-1",
                    "0.5",
                    "9223372036854775808",
                    "\"event\"",
                    "\"parents\":",
                    "\"done\"",
                    "\"length\":",
                    "\"content\":",
                    "\"url\":",
                    "\"headers\":",
                    "\\u0000",
                    "\\ud800",
                    "NaN");

    private final JsonFactory json = DaemonEvent.jsonFactory();

    static List<Long> seeds() {
        return new Random(34).longs(3).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void eventsAreReadOrTheStreamIsBroken(long seed) throws IOException {
        Mangler mangler = new Mangler(seed, WORDS);
        for (int i = 0; i < TEXTS; i++) {
            byte[] bytes = mangler.mangle(EVENTS);
            try (DaemonEvent.Reader reader =
                    new DaemonEvent.Reader(json, new ByteArrayInputStream(bytes))) {
                int events = 0;
                for (DaemonEvent e = reader.next(); e != null; e = reader.next()) {
                    events++;
                }
                assertThat(events).as("seed %d", seed).isLessThanOrEqualTo(bytes.length);
            } catch (IOException e) {
                assertThat(e).as("seed %d", seed).hasMessageNotContaining("bug");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anOrderIsReadOrRefusedInOneLine(long seed) {
        Mangler mangler = new Mangler(seed, WORDS);
        for (int i = 0; i < TEXTS; i++) {
            byte[] bytes = mangler.mangle(ORDERS);
            try {
                DownloadOrder order = DownloadOrder.read(json.createParser(bytes));
                assertThat(order.url()).as("seed %d", seed).isNotEmpty();
                assertThat(order.bytesPerSecond()).as("seed %d", seed).isNotNegative();
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", seed).message().hasLineCount(1);
            } catch (IOException e) {
                assertThat(e).as("seed %d", seed).isNotNull();
            }
        }
    }
}
