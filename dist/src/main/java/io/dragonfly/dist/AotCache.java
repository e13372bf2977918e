// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Ahead-of-time caches (JEP 483, 514): classes loaded and linked in the build instead of at each
/// start.
final class AotCache {
    private AotCache() {}

    /// Trains a program with its launcher's options and class path and writes its cache to `lib/`.
    ///
    /// @param home the unpacked distribution
    /// @param jars names of the files in `lib/` that are the program's class path, in order
    static void make(Path home, Program program, List<String> jars) throws IOException {
        Path lib = home.resolve("lib");
        Path cache = lib.resolve(program.cache());
        List<String> command = new ArrayList<>();
        command.add(home.resolve("runtime/bin/java").toString());
        command.add("-XX:AOTCacheOutput=" + cache);
        command.addAll(program.jvm());
        command.add("-Ddragonfly.home=" + home);
        command.add("-cp");
        command.add(
                String.join(":", jars.stream().map(jar -> lib.resolve(jar).toString()).toList()));
        command.add(Training.class.getName());
        command.add(program.mainClass());
        for (List<String> line : program.training()) {
            command.add(Training.NEXT);
            command.addAll(line);
        }
        String output = run(command, home);
        if (!Files.exists(cache)) {
            throw new IOException("no cache for " + program.name() + ": " + output);
        }
    }

    /// Starts a program by its launcher; fails when the cache is not accepted there. Otherwise Java
    /// would silently start without it, three times as slowly.
    static void check(Path home, Program program) throws IOException {
        run(
                List.of(
                        "env",
                        program.optionsVariable() + "=-XX:AOTMode=on",
                        home.resolve("bin").resolve(program.name()).toString(),
                        "--version"),
                home);
    }

    /// Runs a command that must succeed.
    ///
    /// @return what it printed
    static String run(List<String> command, Path directory) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().remove("JDK_JAVA_OPTIONS");
        Process process = builder.start();
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        String text = new String(output, StandardCharsets.UTF_8);
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException(
                        "exit %d of %s: %s".formatted(code, String.join(" ", command), text));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
        return text;
    }
}
