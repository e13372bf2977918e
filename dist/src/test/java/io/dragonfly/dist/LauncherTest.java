// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Runs the real script with a `java` that prints its arguments, one per line.
class LauncherTest {
    private static final Program PROGRAM =
            new Program("dfget", List.of("-Xmx1m", "-Xlog:disable"), List.of());

    @TempDir private Path dir;
    private Path home;
    private Path launcher;

    @BeforeEach
    void install() throws IOException {
        dir = dir.toRealPath();
        home = dir.resolve("an install");
        Path java = Files.createDirectories(home.resolve("runtime/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\n' \"$a\"; done\n");
        launcher = Files.createDirectories(home.resolve("bin")).resolve("dfget");
        Files.writeString(launcher, Launcher.script(PROGRAM, List.of("b.jar", "a.jar")));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void javaGetsOptionsClassPathInOrderAndTheArgumentsUntouched() throws IOException {
        assertThat(run(launcher.toString(), "-O", "a b", "*", ""))
                .containsExactly(
                        "-XX:AOTCache=" + home + "/lib/dfget.aot",
                        "-Xmx1m",
                        "-Xlog:disable",
                        "-Ddragonfly.home=" + home,
                        "-cp",
                        home + "/lib/b.jar:" + home + "/lib/a.jar",
                        "io.dragonfly.dfget.Main",
                        "-O",
                        "a b",
                        "*",
                        "");
    }

    @Test
    void theInstallationIsFoundThroughLinks() throws IOException {
        Path links = Files.createDirectories(dir.resolve("links"));
        Files.createSymbolicLink(links.resolve("absolute"), launcher);
        Files.createSymbolicLink(links.resolve("relative"), Path.of("../an install/bin/dfget"));
        Files.createSymbolicLink(links.resolve("twice"), Path.of("relative"));
        for (String link : List.of("absolute", "relative", "twice")) {
            assertThat(run(links.resolve(link).toString())).contains("-Ddragonfly.home=" + home);
        }
    }

    @Test
    void theInstallationIsFoundFromAnywhere() throws IOException {
        Path bin = home.resolve("bin");
        assertThat(run("sh", "-c", "cd '" + bin + "' && ./dfget")).contains("-Xmx1m");
        assertThat(run("sh", "-c", "cd '" + bin + "' && sh dfget")).contains("-Xmx1m");
        assertThat(run("sh", "-c", "PATH='" + bin + "':$PATH; CDPATH=/tmp; export CDPATH; dfget"))
                .contains("-Ddragonfly.home=" + home);
    }

    @Test
    void moreOptionsComeFromTheEnvironmentAndWin() throws IOException {
        assertThat(run("env", "DFGET_JAVA_OPTS=-Xmx2m -ea", launcher.toString()))
                .containsSubsequence("-Xmx1m", "-Xmx2m", "-ea", "-cp");
    }

    private List<String> run(String... command) throws IOException {
        String output = AotCache.run(List.of(command), dir);
        List<String> lines = new ArrayList<>(Arrays.asList(output.split("\n", -1)));
        lines.removeLast();
        return lines;
    }
}
