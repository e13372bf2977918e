// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Ahead-of-time caches (JEP 483, 514): classes loaded and linked in the build instead of at each
/// start.
final class AotCache {
    private AotCache() {}

    /// Java with a program's options and class path, up to the main class, which writes the
    /// program's cache to `lib/` when it ends.
    static List<String> training(Path home, Rehearsal.Role role) {
        Path cache = home.resolve("lib").resolve(role.program().cache());
        return java(home, role, List.of("-XX:AOTCacheOutput=" + cache));
    }

    /// The same without any cache.
    static List<String> plain(Path home, Rehearsal.Role role) {
        return java(home, role, List.of());
    }

    private static List<String> java(Path home, Rehearsal.Role role, List<String> more) {
        Path lib = home.resolve("lib");
        List<String> command = new ArrayList<>();
        command.add(home.resolve("runtime/bin/java").toString());
        command.addAll(more);
        command.addAll(role.program().jvm());
        command.add("-Ddragonfly.home=" + home);
        command.add("-cp");
        command.add(
                String.join(
                        ":",
                        role.jars().stream().map(jar -> lib.resolve(jar).toString()).toList()));
        return command;
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
        Process process = builder(command, directory).redirectErrorStream(true).start();
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

    /// A process that nothing in this one's environment makes different.
    static ProcessBuilder builder(List<String> command, Path directory) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().remove("JDK_JAVA_OPTIONS");
        return builder;
    }
}
