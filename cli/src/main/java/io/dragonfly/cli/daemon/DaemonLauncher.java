// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.daemon;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.Reason;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Starts a daemon that outlives its starter. The child says on its standard output that it is
/// ready, then lets go of it; what it says before is the explanation when it dies.
public final class DaemonLauncher {
    /// The daemon's first line when it accepts calls; the path of its socket follows.
    public static final String READY = "ready ";

    /// The end of the child's output, as a value for the queue.
    private static final String END = "\0end";

    private static final int MAX_LINES = 1000;

    private DaemonLauncher() {}

    /// Starts the command and waits until it is ready.
    ///
    /// @param command the program with absolute path, and `--detach` among its arguments
    /// @return the path of the daemon's socket
    /// @throws CommandFailure with the daemon's own words where it does not become ready in time
    public static String launch(
            List<String> command,
            Map<String, String> environment,
            long timeoutNanos,
            LongSupplier nanoTime) {
        Process process = start(command, environment);
        BlockingQueue<String> lines = new LinkedBlockingQueue<>(MAX_LINES);
        Thread reader = new Thread(() -> read(process, lines), "daemon-output");
        reader.setDaemon(true);
        reader.start();
        String ready = awaitReady(process, lines, timeoutNanos, nanoTime);
        closeQuietly(process);
        return ready;
    }

    private static Process start(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectInput(new File("/dev/null"));
        builder.redirectErrorStream(true);
        builder.directory(new File("/"));
        builder.environment().clear();
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            if (isInherited(variable.getKey())) {
                builder.environment().put(variable.getKey(), variable.getValue());
            }
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.DAEMON_UNAVAILABLE,
                    "cannot start " + command.getFirst() + Reason.of(e),
                    e);
        }
    }

    /// The daemon lives longer than the caller's shell and serves others: the caller's environment,
    /// with whatever secrets it holds, is not its business.
    private static boolean isInherited(String name) {
        return switch (name) {
            case "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR" -> true;
            case "JAVA_HOME", "XDG_RUNTIME_DIR" -> true;
            default -> name.startsWith("DFDAEMON_") || name.startsWith("DRAGONFLY_");
        };
    }

    private static void read(Process process, BlockingQueue<String> lines) {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (lines.remainingCapacity() > 1) {
                    lines.add(line);
                }
            }
        } catch (IOException _) {
            // Closed after the daemon was ready, or it died: the end of its words either way.
        }
        lines.add(END);
    }

    private static String awaitReady(
            Process process,
            BlockingQueue<String> lines,
            long timeoutNanos,
            LongSupplier nanoTime) {
        long deadline = nanoTime.getAsLong() + timeoutNanos;
        String last = "it said nothing";
        try {
            while (true) {
                String line = lines.poll(deadline - nanoTime.getAsLong(), TimeUnit.NANOSECONDS);
                if (line == null) {
                    process.destroy();
                    throw new CommandFailure(
                            ExitCode.DAEMON_UNAVAILABLE,
                            "dfdaemon was not ready in time; its last words: " + last);
                }
                if (line.startsWith(READY)) {
                    return line.substring(READY.length());
                }
                if (line.equals(END)) {
                    boolean other = process.waitFor() == ExitCode.HOME_IN_USE.number();
                    throw new CommandFailure(
                            other ? ExitCode.HOME_IN_USE : ExitCode.DAEMON_UNAVAILABLE,
                            "dfdaemon did not start: " + last);
                }
                // Its own error line counts more than what the JVM says around it.
                if (line.startsWith("dfdaemon: ") || !last.startsWith("dfdaemon: ")) {
                    last = line;
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        }
    }

    private static void closeQuietly(Process process) {
        try {
            process.getInputStream().close();
        } catch (IOException _) {
            // Nobody reads it any more.
        }
    }
}
