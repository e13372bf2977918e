// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.Reason;

import java.io.IOException;

/// One download, from finding the daemon to the file in its place.
final class Run {
    private final Job job;
    private final DfgetEnvironment environment;
    private final Reporter reporter;
    private final Guard guard;

    Run(Job job, DfgetEnvironment environment, Reporter reporter, Guard guard) {
        this.job = job;
        this.environment = environment;
        this.reporter = reporter;
        this.guard = guard;
    }

    /// @throws CommandFailure for whatever goes wrong
    void run() {
        guard.start(job.timeout());
        try (Output output = Output.open(job, environment)) {
            guard.add(output);
            try (DownloadSession session = session()) {
                guard.add(session);
                new Transfer(session, output, reporter).run();
            }
        } catch (CommandFailure e) {
            CommandFailure stopped = guard.failure();
            throw stopped != null ? stopped : e;
        } catch (IOException e) {
            CommandFailure stopped = guard.failure();
            throw stopped != null
                    ? stopped
                    : new CommandFailure(
                            ExitCode.DAEMON_UNAVAILABLE,
                            "lost the connection to dfdaemon"
                                    + Reason.of(e)
                                    + " (the same command goes on from here)",
                            e);
        } finally {
            guard.end();
        }
    }

    private DownloadSession session() throws IOException {
        // The engine's classes are loaded in the first branch only.
        if (job.noDaemon()) {
            return EngineSession.start(job, environment);
        }
        try {
            return order();
        } catch (IOException e) {
            if (guard.failure() != null) {
                throw e;
            }
            // It was about to end, idle for too long, when we found it.
            return order();
        }
    }

    private DownloadSession order() throws IOException {
        DaemonFinder.Found daemon = new DaemonFinder(job, environment, guard).find();
        guard.add(daemon.channel());
        return DaemonSession.order(daemon, job.order());
    }
}
