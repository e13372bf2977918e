// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.daemon.DownloadOrder;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine.Model.CommandSpec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Which daemon is used, and how one is started.
final class DaemonFinderTest {
    @TempDir private Path directory = Path.of("");

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void setUp() {
        environment.put("HOME", directory.resolve("u").toString());
        environment.put("PATH", "/usr/bin:/bin");
    }

    private Path find(@Nullable Path home) throws IOException {
        Job job =
                new Job(
                        DownloadOrder.of("http://h/f"),
                        URI.create("http://h/f"),
                        "f",
                        Duration.ZERO,
                        home,
                        false,
                        Duration.ofMinutes(7),
                        new Alone(CommandSpec.create()),
                        new Job.Show(true, false, false));
        DfgetEnvironment given =
                new DfgetEnvironment(
                        environment,
                        directory.resolve("system.sock"),
                        directory,
                        directory.resolve("dist"),
                        new ByteArrayOutputStream(),
                        false,
                        System::nanoTime);
        DaemonFinder.Found found = new DaemonFinder(job, given, new Guard(System::nanoTime)).find();
        found.channel().close();
        return found.socket();
    }

    @Test
    void theHostsDaemonComesFirstThenTheUsers() throws IOException {
        environment.put("XDG_RUNTIME_DIR", directory.resolve("xdg").toString());
        Path home = directory.resolve("u/.small-dragonfly/run/dfdaemon.sock");
        Path runtime = directory.resolve("xdg/dragonfly/dfdaemon.sock");
        Path system = directory.resolve("system.sock");
        try (FakeDaemon a = new FakeDaemon(home)) {
            assertThat(find(null)).isEqualTo(home);
            try (FakeDaemon b = new FakeDaemon(runtime)) {
                assertThat(find(null)).isEqualTo(runtime);
                try (FakeDaemon c = new FakeDaemon(system)) {
                    assertThat(find(null)).isEqualTo(system);
                    assertThat(c).isNotNull();
                }
                assertThat(b).isNotNull();
            }
            assertThat(a).isNotNull();
        }
    }

    @Test
    void aNamedHomeMeansItsDaemonOnly() throws IOException {
        Path home = directory.resolve("h");
        Path far = directory.resolve("elsewhere.sock");
        Files.createDirectories(home.resolve("run"));
        // A home's socket may be a link to where the daemon really listens.
        Files.createSymbolicLink(home.resolve("run/dfdaemon.sock"), far);
        try (FakeDaemon other = new FakeDaemon(directory.resolve("system.sock"));
                FakeDaemon own = new FakeDaemon(far)) {
            assertThat(find(home)).isEqualTo(home.resolve("run/dfdaemon.sock"));
            assertThat(other).isNotEqualTo(own);
        }
    }

    @Test
    void withoutAnyDaemonOneIsStarted() throws IOException {
        Path bin = Files.createDirectories(directory.resolve("dist/bin"));
        Path script = bin.resolve("dfdaemon");
        Path late = directory.resolve("late.sock");
        Files.writeString(
                script,
                "#!/bin/sh\necho \"$@\" > "
                        + directory.resolve("args")
                        + "\necho ready "
                        + late
                        + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        try (FakeDaemon started = new FakeDaemon(late)) {
            assertThat(find(null)).isEqualTo(late);
            assertThat(started).isNotNull();
        }
        assertThat(Files.readString(directory.resolve("args"), UTF_8))
                .isEqualTo(
                        "--home "
                                + directory.resolve("u/.small-dragonfly")
                                + " --idle-exit 7m --detach\n");
    }

    @Test
    void aLeftOverSocketIsNoDaemonAndAMissingProgramIsOneLine() throws IOException {
        Path home = directory.resolve("h");
        Files.createDirectories(home.resolve("run"));
        Files.createFile(home.resolve("run/dfdaemon.sock"));
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> find(home))
                .withMessageContaining("bin/dfdaemon is not there")
                .matches(failure -> failure.exitCode().number() == 17);
    }
}
