// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.daemon.DaemonSocket;

import org.jspecify.annotations.Nullable;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;

/// What dfget finds around itself; tests give their own.
///
/// @param variables of the process environment
/// @param systemSocket of the host's daemon
/// @param distribution directory of the installation, with `bin/dfdaemon`; null where unknown
/// @param out standard output
/// @param terminal whether standard error is a terminal
/// @param nanoTime monotonic clock
record DfgetEnvironment(
        Map<String, String> variables,
        Path systemSocket,
        Path workingDirectory,
        @Nullable Path distribution,
        OutputStream out,
        boolean terminal,
        LongSupplier nanoTime) {

    static DfgetEnvironment ofProcess() {
        String distribution = System.getProperty("dragonfly.home");
        return new DfgetEnvironment(
                System.getenv(),
                DaemonSocket.SYSTEM,
                Path.of(""),
                distribution == null ? null : Path.of(distribution).toAbsolutePath(),
                new FileOutputStream(FileDescriptor.out),
                isTerminal(),
                System::nanoTime);
    }

    /// `System.console()` looks at standard input and output, and loads a line editor.
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException _) {
            return false;
        }
    }

    /// Width of the terminal: what the shell exported, else 80.
    int columns() {
        String columns = variables.get("COLUMNS");
        if (columns != null && columns.length() <= 4) {
            try {
                return Math.max(20, Integer.parseInt(columns));
            } catch (NumberFormatException _) {
                return 80;
            }
        }
        return 80;
    }
}
