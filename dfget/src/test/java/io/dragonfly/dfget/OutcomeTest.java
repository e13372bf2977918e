// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DownloadReport;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/// How runs end, and what they say.
final class OutcomeTest extends DfgetScenario {
    @Test
    void aFailureHasItsExitCodeAndLeavesTheOldFileAndNothingElse() throws Exception {
        Files.writeString(file("file.bin"), "old");
        daemon.content(new byte[100]);
        daemon.script(events -> {
            events.send(stranger());
            events.send(new DaemonEvent.Progress(report("running", large.length, 100)));
            events.awaitContentRequest();
            events.send(
                    new DaemonEvent.Failed(
                            report("failed", large.length, 100),
                            "digest-mismatch",
                            "the content has another digest"));
        });
        assertThat(run(URL)).isEqualTo(12);
        assertThat(err.toString()).isEqualTo("dfget: the content has another digest\n");
        assertThat(file("file.bin")).hasContent("old");
        assertThat(files()).containsExactly("file.bin");
    }

    @Test
    void everyFailureOfTheOriginHasItsOwnExitCode() {
        Map<String, Integer> codes =
                Map.of(
                        "origin-not-found",
                        3,
                        "origin-denied",
                        4,
                        "origin-unavailable",
                        5,
                        "origin-network",
                        7,
                        "no-space",
                        13,
                        "supernode-unreachable",
                        16,
                        "overloaded",
                        25,
                        "store-failed",
                        23,
                        "some-newer-word",
                        20);
        codes.forEach((code, exit) -> {
            daemon.script(events -> {
                events.send(stranger());
                events.send(new DaemonEvent.Failed(DownloadReport.NONE, code, "no: " + code));
            });
            assertThat(run(URL)).as(code).isEqualTo(exit);
        });
    }

    @Test
    void aDaemonThatGoesAwayIsAFailure() throws Exception {
        daemon.script(events -> events.send(stranger()));
        assertThat(run(URL)).isEqualTo(17);
        assertThat(err.toString()).contains("lost the connection to dfdaemon").hasLineCount(1);
        assertThat(files()).isEmpty();
    }

    @Test
    void partOfAContentThatWasReplacedMeanwhileIsNotTakenForTheNewOne() throws Exception {
        daemon.content(new byte[100]);
        daemon.script(events -> {
            events.send(stranger());
            events.send(new DaemonEvent.Progress(report("running", large.length, 100)));
            events.awaitContentRequest();
            events.send(
                    new DaemonEvent.Done(
                            report("w", "done", large.length, large.length), "", null));
        });
        assertThat(run(URL)).isEqualTo(10);
        assertThat(err.toString())
                .isEqualTo(
                        "dfget: the content changed at the origin while it was being read: start"
                                + " again\n");
        assertThat(files()).isEmpty();
    }

    @Test
    void aFullDaemonIsItsOwnExitCode() {
        daemon.refuse(
                "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\n"
                        + "Content-Type: application/problem+json\r\n\r\n"
                        + "{\"title\":\"Too Many\",\"status\":429,\"code\":\"too-many-downloads\","
                        + "\"detail\":\"2 downloads of me run already; try again later\"}");
        assertThat(run(URL)).isEqualTo(22);
        assertThat(err.toString())
                .isEqualTo(
                        "dfget: dfdaemon refused: 2 downloads of me run already; try again"
                                + " later\n");
    }

    @Test
    void aRefusalSaysWhatTheDaemonSays() {
        daemon.refuse(
                "HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\n\r\n"
                        + "{\"title\":\"Bad\",\"status\":400,\"code\":\"url-refused\","
                        + "\"detail\":\"no such scheme\"}");
        assertThat(run(URL)).isEqualTo(11);
        assertThat(err.toString()).isEqualTo("dfget: dfdaemon refused: no such scheme\n");
        daemon.refuse("HTTP/1.1 403 Forbidden\r\n\r\n");
        assertThat(run(URL)).isEqualTo(21);
    }

    @Test
    void theTimeoutBoundsTheCommandAndEndsTheInterest() throws Exception {
        daemon.script(events -> {
            events.send(stranger());
            events.awaitClosed();
        });
        assertThat(run(URL, "-e", "200ms")).isEqualTo(15);
        assertThat(err.toString()).contains("not done within 200ms").hasLineCount(1);
        assertThat(files()).isEmpty();
        daemon.awaitClosed();
    }

    @Test
    void jsonIsOneObjectPerEvent() throws Exception {
        playLarge();
        assertThat(run(URL, "--json")).isZero();
        List<String> lines = out.toString(UTF_8).lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("{\"event\":\"started\",\"url\":\"" + URL + "\"");
        assertThat(lines.get(1)).startsWith("{\"event\":\"progress\"").contains("\"verified\":100");
        assertThat(lines.get(2)).startsWith("{\"event\":\"done\"").contains("\"output\":");
        assertThat(err.toString()).isEmpty();
        out.reset();
        daemon.script(events ->
                events.send(
                        new DaemonEvent.Failed(
                                DownloadReport.NONE, "origin-denied", "who are you")));
        assertThat(run(URL, "--json")).isEqualTo(4);
        assertThat(out.toString(UTF_8))
                .contains("\"code\":\"origin-denied\",\"exit\":4,\"message\":\"who are you\"");
    }

    @Test
    void explainTellsWhoSentTheBytes() {
        playSmall("hello");
        assertThat(run(URL, "-q", "--explain")).isZero();
        assertThat(err.toString())
                .isEqualTo(
                        """
                        where the bytes came from:
                          other peers                   5 B
                        by parent:
                          10.0.0.7:65002                5 B
                        waited for:
                          supernode                     12 ms
                        """);
    }
}
