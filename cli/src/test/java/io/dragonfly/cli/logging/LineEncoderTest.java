// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What stands in a log file.
final class LineEncoderTest {
    @TempDir private Path directory = Path.of("");

    private List<String> logged(LogFormat format, boolean verbose) throws IOException {
        Path file = directory.resolve("log");
        DaemonLogging.start(format, file, verbose);
        Logger log = LoggerFactory.getLogger("io.dragonfly.some.Peer");
        log.atInfo().addKeyValue("task", "abc").addKeyValue("why", "a \"b\"").log("it {}", "works");
        log.debug("detail");
        log.warn("broken\nline", new IOException("no"));
        DaemonLogging.stop();
        return Files.readAllLines(file);
    }

    @Test
    void textIsOneLineOfKeysAndValuesPerEvent() throws IOException {
        List<String> lines = logged(LogFormat.TEXT, false);
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst())
                .matches(
                        "time=\\S+Z level=INFO logger=Peer msg=\"it works\" task=abc"
                                + " why=\"a \\\\\"b\\\\\"\"");
        assertThat(lines.getLast())
                .contains("msg=\"broken\\nline\" error=\"java.io.IOException: no");
    }

    @Test
    void jsonIsOneObjectPerEvent() throws IOException {
        List<String> lines = logged(LogFormat.JSON, true);
        assertThat(lines).hasSize(3).allMatch(line -> line.startsWith("{\"time\":\""));
        assertThat(lines.getFirst())
                .endsWith("\"msg\":\"it works\",\"task\":\"abc\",\"why\":\"a \\\"b\\\"\"}");
        assertThat(lines.get(1)).contains("\"level\":\"DEBUG\"");
    }
}
