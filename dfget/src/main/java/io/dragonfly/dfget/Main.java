// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.Program;
import java.nio.file.Path;
import picocli.CommandLine;

/// Starts dfget.
public final class Main {
    /// Read when it exists.
    static final Path DEFAULT_CONFIG = Path.of("/etc/dragonfly/dfget.yml");

    private Main() {}

    /// The option model, for the reference page.
    public static CommandLine commandLine() {
        return Program.commandLine(new DfgetCommand(Surroundings.ofProcess()));
    }

    public static void main(String[] args) {
        Surroundings surroundings = Surroundings.ofProcess();
        DfgetCommand command = new DfgetCommand(surroundings);
        CommandLine commandLine = Program.commandLine(command);
        Thread hook = new Thread(command::cancel, "cancel");
        Runtime.getRuntime().addShutdownHook(hook);
        int status =
                new Program(commandLine, surroundings.environment(), DEFAULT_CONFIG).run(args);
        command.ended();
        System.exit(status);
    }
}
