// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.cli.Program;
import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DownloadReport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/// The whole command against a scripted daemon: what the tests of dfget share.
abstract class DfgetScenario {
    static final String URL = "http://origin.test/path/file.bin";

    @TempDir Path directory = Path.of("");

    final Map<String, String> environment = new HashMap<>();
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final StringWriter err = new StringWriter();
    final byte[] large = new byte[300_000];
    FakeDaemon daemon = nothing();

    @SuppressWarnings("NullAway") // Set before each test.
    static FakeDaemon nothing() {
        return null;
    }

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(large);
        environment.put("HOME", directory.resolve("user").toString());
        Files.createDirectories(directory.resolve("user"));
        Files.createDirectories(directory.resolve("cwd"));
        daemon = new FakeDaemon(directory.resolve("d.sock"));
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    DfgetEnvironment environment() {
        return new DfgetEnvironment(
                environment,
                directory.resolve("d.sock"),
                directory.resolve("cwd"),
                directory.resolve("dist"),
                out,
                false,
                System::nanoTime);
    }

    int run(String... args) {
        CommandLine commandLine = Program.commandLine(new DfgetCommand(environment()).spec());
        commandLine.setErr(new PrintWriter(err));
        commandLine.setOut(new PrintWriter(out, true, UTF_8));
        return new Program(commandLine, environment, null).run(args);
    }

    Path file(String name) {
        return directory.resolve("cwd").resolve(name);
    }

    List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(directory.resolve("cwd"))) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    static DownloadReport report(String phase, long length, long verified) {
        return new DownloadReport(
                phase,
                "t",
                "v",
                length,
                verified,
                verified,
                0,
                0,
                0,
                "",
                "",
                "",
                Map.of("supernode", 12L),
                Map.of("10.0.0.7:65002", verified));
    }

    static DaemonEvent.Started stranger() {
        return new DaemonEvent.Started("7", "", 0);
    }

    DaemonEvent.Started self() throws IOException {
        long device = ((Number) Files.getAttribute(directory, "unix:dev")).longValue();
        return new DaemonEvent.Started("7", directory.toString(), device);
    }

    static DaemonEvent inline(byte[] content) {
        return new DaemonEvent.Done(
                report("done", content.length, content.length),
                "",
                Base64.getEncoder().encodeToString(content));
    }

    void playSmall(String content) {
        daemon.script(events -> {
            events.send(stranger());
            events.send(inline(content.getBytes(UTF_8)));
        });
    }

    void playLarge() {
        daemon.content(large);
        daemon.script(events -> {
            events.send(stranger());
            events.send(new DaemonEvent.Progress(report("running", large.length, 100)));
            events.awaitContentRequest();
            events.send(new DaemonEvent.Done(report("done", large.length, large.length), "", null));
        });
    }
}
