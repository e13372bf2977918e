// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A view of this machine's files in which `/run` and `/var/lib` are empty, so that root's daemon
/// can use its usual places and touches nothing of this machine. Others see nothing of it. Needs
/// root. The distribution is in `/var/lib/dist` there: every user may read it, wherever it is here.
public final class SystemFiles {
    private static final Duration START = Duration.ofSeconds(20);

    private static final String SETUP =
            """
            set -e
            mount -t tmpfs -o mode=755 tmpfs /run
            dist=$(cd "$1" && pwd -P)
            mount -t tmpfs -o mode=755,size=2g tmpfs /var/lib
            mkdir /var/lib/dist
            mount --bind "$dist" /var/lib/dist
            echo mounted
            exec tail -f "$2"
            """;

    private final Lab lab;
    private final Running holder;

    /// Makes the view; it is gone with the lab.
    public SystemFiles(Lab lab) {
        this.lab = lab;
        Path name = lab.path("system-files");
        try {
            Files.createFile(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path dist = Path.of(Lab.program("dfget")).resolve("../..").normalize();
        List<String> command = new ArrayList<>();
        command.addAll(List.of("unshare", "--mount", "--propagation", "private"));
        command.addAll(List.of("sh", "-c", SETUP, "files", dist.toString()));
        // Only to name the lab on the command line, so that it ends with it.
        command.add(name.toString());
        holder = lab.start(Host.THIS, "files", command);
        var _ = holder.awaitLine("mounted", START);
    }

    /// Starts a command there as a user who is in no group but his own.
    ///
    /// @param program with a path, or of the distribution
    public Running start(int uid, String program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("nsenter", "--mount", "-t", Long.toString(holder.pid()), "--"));
        command.addAll(List.of("setpriv", "--reuid", "" + uid, "--regid", "" + uid));
        command.add("--clear-groups");
        command.add(program.contains("/") ? program : "/var/lib/dist/bin/" + program);
        command.addAll(arguments);
        String name = program.substring(program.lastIndexOf('/') + 1);
        return lab.start(Host.THIS, name, command);
    }

    /// The same to its end.
    public Running run(int uid, String program, List<String> arguments) {
        Running process = start(uid, program, arguments);
        var _ = process.await(Duration.ofMinutes(1));
        return process;
    }
}
