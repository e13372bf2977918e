// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.DurationConverter;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.Reason;
import io.dragonfly.cli.daemon.DaemonLauncher;
import io.dragonfly.cli.daemon.DaemonSocket;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Finds the daemon to use, and starts one where none runs.
final class DaemonFinder {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Job job;
    private final DfgetEnvironment environment;
    private final Guard guard;

    /// How long a daemon that somebody else starts is waited for.
    private static final long OTHER_NANOS = 10_000_000_000L;

    private static final long LOOK_NANOS = 50_000_000L;

    DaemonFinder(Job job, DfgetEnvironment environment, Guard guard) {
        this.job = job;
        this.environment = environment;
        this.guard = guard;
    }

    /// A daemon's socket and an open connection to it.
    record Found(Path socket, SocketChannel channel) {}

    /// @throws CommandFailure where no daemon runs and none can be started
    Found find() {
        Found found = look();
        return found != null ? found : startGuarded();
    }

    private @Nullable Found look() {
        for (Path socket :
                DaemonSocket.candidates(
                        job.home(), environment.systemSocket(), environment.variables())) {
            Found found = connect(socket);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /// Null where nobody listens: the file is not there, is left over, or is not ours to use.
    private static @Nullable Found connect(Path socket) {
        if (!Files.exists(socket) || !DaemonSocket.fits(DaemonSocket.resolve(socket))) {
            return null;
        }
        try {
            return new Found(socket, UnixHttp.connect(socket));
        } catch (IOException _) {
            return null;
        }
    }

    /// Two calls at once must not start two daemons: one starts, the other waits for the lock and
    /// then finds the first one's daemon.
    private Found startGuarded() {
        Path home = home();
        Path program = program();
        Path run = home.resolve("run");
        try {
            Files.createDirectories(run);
        } catch (IOException e) {
            throw cannotStart("cannot create " + run + Reason.of(e), e);
        }
        try (FileChannel lock =
                FileChannel.open(
                        run.resolve("start.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            guard.add(lock);
            lock.lock();
            Found found = look();
            return found != null ? found : start(program, home);
        } catch (IOException e) {
            CommandFailure stopped = guard.failure();
            throw stopped != null ? stopped : cannotStart("no lock in " + run + Reason.of(e), e);
        }
    }

    private Found start(Path program, Path home) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.add("--home");
        command.add(home.toString());
        command.add("--idle-exit");
        command.add(DurationConverter.text(job.aliveTime()));
        if (job.order().totalBytesPerSecond() > 0) {
            command.add("--totallimit");
            command.add(Long.toString(job.order().totalBytesPerSecond()));
        }
        command.add("--detach");
        String ready;
        try {
            ready =
                    DaemonLauncher.launch(
                            command,
                            environment.variables(),
                            guard.remainingNanos(START_NANOS),
                            environment.nanoTime());
        } catch (CommandFailure e) {
            if (e.exitCode() == ExitCode.HOME_IN_USE) {
                return awaitOther(e);
            }
            throw e;
        }
        Found found = connect(Path.of(ready));
        if (found == null) {
            throw cannotStart("it does not answer at " + ready, null);
        }
        return found;
    }

    /// Somebody else's daemon has the home and is still starting: its socket comes soon.
    private Found awaitOther(CommandFailure inUse) {
        long deadline = environment.nanoTime().getAsLong() + guard.remainingNanos(OTHER_NANOS);
        while (environment.nanoTime().getAsLong() < deadline) {
            Found found = look();
            if (found != null) {
                return found;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw inUse;
    }

    private Path home() {
        Path home = job.home();
        return (home != null ? home : DaemonSocket.userHome(environment.variables()))
                .toAbsolutePath();
    }

    private Path program() {
        Path distribution = environment.distribution();
        if (distribution == null) {
            throw cannotStart(
                    "none runs, and dfget does not know where it is installed; start it, or use"
                            + " --no-daemon",
                    null);
        }
        Path program = distribution.resolve("bin").resolve("dfdaemon");
        if (!Files.isExecutable(program)) {
            throw cannotStart("none runs, and " + program + " is not there to be started", null);
        }
        return program;
    }

    private static CommandFailure cannotStart(String why, @Nullable Throwable cause) {
        String message = "no dfdaemon: " + why;
        return cause == null
                ? new CommandFailure(ExitCode.DAEMON_UNAVAILABLE, message)
                : new CommandFailure(ExitCode.DAEMON_UNAVAILABLE, message, cause);
    }
}
