// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DownloadReport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The real process: what it loads, and how it ends.
final class StartUpTest {
    @TempDir private Path directory = Path.of("");

    private ProcessBuilder dfget(List<String> jvm, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("io.dragonfly.dfget.Main");
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("HTTP_PROXY", "http://127.0.0.1:1");
        builder.redirectError(ProcessBuilder.Redirect.to(directory.resolve("err").toFile()));
        return builder;
    }

    @Test
    void theOrdinaryPathLoadsNoHttpLibraryNoLoggingAndNoEngine() throws Exception {
        try (FakeDaemon daemon = new FakeDaemon(directory.resolve("run/dfdaemon.sock"))) {
            daemon.script(events ->
                    events.send(
                            new DaemonEvent.Done(
                                    new DownloadReport(
                                            "done", "", "", 2, 2, 2, 0, 0, 0, "", "", "", Map.of(),
                                            Map.of()),
                                    "",
                                    "aGk=")));
            Process process =
                    dfget(
                                    List.of("-Xlog:class+load:file=" + directory.resolve("loaded")),
                                    "http://h.test/f",
                                    "--home",
                                    directory.toString(),
                                    "-O",
                                    "-")
                            .start();
            assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEqualTo("hi");
            assertThat(process.waitFor()).isZero();
        }
        List<String> loaded = Files.readAllLines(directory.resolve("loaded"));
        assertThat(loaded).anyMatch(line -> line.contains("io.dragonfly.dfget.DaemonSession"));
        assertThat(loaded)
                .noneMatch(line -> line.contains("org.eclipse.jetty"))
                .noneMatch(line -> line.contains("ch.qos.logback"))
                .noneMatch(line -> line.contains("org.slf4j"))
                .noneMatch(line -> line.contains("org.snakeyaml"))
                .noneMatch(line -> line.contains("com.fasterxml.jackson.databind"))
                .noneMatch(line -> line.contains("io.dragonfly.dfget.EngineSession "))
                .noneMatch(line -> line.contains("io.dragonfly.peer"));
    }

    @Test
    void aSignalEndsItWith130AndRemovesTheTemporaryOutput() throws Exception {
        try (FakeDaemon daemon = new FakeDaemon(directory.resolve("run/dfdaemon.sock"))) {
            daemon.script(events -> {
                events.send(new DaemonEvent.Started("1", "", 0));
                events.awaitClosed();
            });
            Path output = directory.resolve("output");
            Process process =
                    dfget(
                                    List.of(),
                                    "http://h.test/f",
                                    "--home",
                                    directory.toString(),
                                    "-O",
                                    output.toString())
                            .start();
            daemon.order();
            process.destroy();
            assertThat(process.waitFor()).isEqualTo(130);
            daemon.awaitClosed();
        }
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aTimeoutKeepsItsOwnExitCode() throws Exception {
        try (FakeDaemon daemon = new FakeDaemon(directory.resolve("run/dfdaemon.sock"))) {
            daemon.script(events -> {
                events.send(new DaemonEvent.Started("1", "", 0));
                events.awaitClosed();
            });
            List<String> jvm = List.of();
            Process process =
                    dfget(jvm, "http://h.test/f", "--home", directory.toString(), "-e", "100ms")
                            .directory(directory.toFile())
                            .start();
            assertThat(process.waitFor()).isEqualTo(15);
        }
        assertThat(Files.readString(directory.resolve("err")))
                .isEqualTo(
                        "dfget: not done within 100ms (--timeout); the same command goes on from"
                                + " here\n");
    }

    @Test
    void theVersionIsOneLine() throws Exception {
        Process process = dfget(List.of(), "--version").start();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
                .matches("dfget \\S+\n");
        assertThat(process.waitFor()).isZero();
    }

    private List<String> leftovers() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains("output"))
                    .toList();
        }
    }
}
