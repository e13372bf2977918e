// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.daemon.DaemonLauncher;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Leaves the terminal: a session of its own, and standard streams that hold nobody's pipe open.
final class Detach {
    private static final int O_RDWR = 2;
    private static final int FILE_MODE = 0600;
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Detach() {}

    /// Begins a session. False for the leader of a process group (a command typed into a shell),
    /// who cannot: it has to start another process.
    static boolean newSession() {
        return call("setsid", FunctionDescriptor.of(ValueLayout.JAVA_INT)) >= 0;
    }

    /// Starts this very program once more and waits until it is ready.
    ///
    /// @return the line that says so
    static String again(DaemonEnvironment environment) {
        ProcessHandle.Info self = ProcessHandle.current().info();
        List<String> command = new ArrayList<>();
        command.add(
                self.command()
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCode.DAEMON_UNAVAILABLE,
                                        "cannot detach: start it in the background")));
        command.addAll(List.of(self.arguments().orElse(new String[0])));
        return DaemonLauncher.READY
                + DaemonLauncher.launch(
                        command, environment.variables(), START_NANOS, environment.nanoTime());
    }

    /// Standard input becomes empty, standard output and error go to the file (what the JVM itself
    /// has to say).
    static void releaseStandardStreams(Path file) {
        System.out.flush();
        System.err.flush();
        FunctionDescriptor openLike =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        FunctionDescriptor dup2 =
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nothing = arena.allocateFrom("/dev/null");
            int empty = call("open", openLike, nothing, O_RDWR);
            int log = call("creat", openLike, arena.allocateFrom(file.toString()), FILE_MODE);
            call("dup2", dup2, empty, 0);
            call("dup2", dup2, log >= 0 ? log : empty, 1);
            call("dup2", dup2, log >= 0 ? log : empty, 2);
        }
    }

    @SuppressWarnings("restricted") // Three calls of libc, with the signatures POSIX gives them.
    private static int call(String function, FunctionDescriptor descriptor, Object... arguments) {
        Linker linker = Linker.nativeLinker();
        MethodHandle handle =
                linker.downcallHandle(linker.defaultLookup().findOrThrow(function), descriptor);
        try {
            return (int) handle.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(function + " cannot be called", e);
        }
    }
}
