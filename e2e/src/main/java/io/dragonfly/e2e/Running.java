// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A process that was started, with its output in two files, so that neither side ever waits for
/// the other. Thread-safe.
public final class Running {
    private final String name;
    private final Process process;
    private final Path out;
    private final Path err;

    private Running(String name, Process process, Path out, Path err) {
        this.name = name;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static Running start(String name, ProcessBuilder builder, Path logs) {
        Path out = logs.resolve(name + ".out");
        Path err = logs.resolve(name + ".err");
        builder.redirectInput(Path.of("/dev/null").toFile());
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        try {
            return new Running(name, builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + builder.command(), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /// File of the standard output.
    public Path out() {
        return out;
    }

    public String outText() {
        return text(out);
    }

    public String errText() {
        return text(err);
    }

    /// Waits for a line on standard output that contains the text.
    public String awaitLine(String text, Duration limit) {
        return Wait.value(
                name + " says '" + text + "'",
                limit,
                () -> {
                    Optional<String> line =
                            outText().lines().filter(l -> l.contains(text)).findFirst();
                    if (line.isEmpty() && !alive()) {
                        throw new AssertionError(this + " ended before it said '" + text + "'");
                    }
                    return line;
                });
    }

    /// Waits for the end.
    ///
    /// @return the exit status, 128 + n where signal n ended it
    public int await(Duration limit) {
        try {
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("no end within " + limit.toSeconds() + " s: " + this);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        }
        return process.exitValue();
    }

    /// Runs an action at the end, on a thread of the system's.
    public void atEnd(Runnable action) {
        var _ = process.onExit().thenRun(action);
    }

    /// Deletes the files of its output, where thousands would be too many.
    public void deleteOutput() {
        try {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends a signal: `INT`, `TERM`, `STOP`, `CONT`, `KILL`.
    public void signal(String signal) {
        Command.must("kill -" + signal + " " + pid());
    }

    /// Asks it to end, and waits for that.
    public int stop(Duration limit) {
        process.destroy();
        return await(limit);
    }

    /// `kill -9`, and waits for the end.
    public void kill() {
        process.destroyForcibly();
        var _ = await(Duration.ofSeconds(10));
    }

    @Override
    public String toString() {
        String state = alive() ? "running" : "exit " + process.exitValue();
        return name + " (" + state + ")\n" + tail(errText()) + tail(outText());
    }

    private static String tail(String text) {
        List<String> lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()))
                + "\n";
    }

    private static String text(Path file) {
        try {
            // A line may be half written, in the middle of a letter.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
