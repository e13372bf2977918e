// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.ClusterOptions;
import io.dragonfly.cli.Program;

import picocli.CommandLine;

import java.nio.file.Path;
import java.util.Arrays;

/// Starts dfdaemon.
public final class Main {
    /// Read when it exists.
    static final Path DEFAULT_CONFIG = Path.of("/etc/dragonfly/dfdaemon.yml");

    private Main() {}

    /// The option model, for the reference page.
    public static CommandLine commandLine() {
        return commandLine(new DfdaemonCommand(DaemonEnvironment.system()));
    }

    static CommandLine commandLine(DfdaemonCommand command) {
        CommandLine commandLine = Program.commandLine(command);
        ClusterOptions.addTo(commandLine.getCommandSpec());
        return commandLine;
    }

    static int genCa(DaemonEnvironment environment, String... args) {
        CommandLine commandLine = Program.commandLine(new GenCaCommand(environment));
        return new Program(commandLine, environment.variables(), null).run(args);
    }

    public static void main(String[] args) {
        DaemonEnvironment environment = DaemonEnvironment.system();
        if (args.length > 0 && args[0].equals("gen-ca")) {
            System.exit(genCa(environment, Arrays.copyOfRange(args, 1, args.length)));
        }
        DfdaemonCommand command = new DfdaemonCommand(environment);
        Runtime.getRuntime().addShutdownHook(new Thread(command::stopBySignal, "shutdown"));
        int status =
                new Program(commandLine(command), environment.variables(), DEFAULT_CONFIG)
                        .run(args);
        command.ended();
        System.exit(status);
    }
}
