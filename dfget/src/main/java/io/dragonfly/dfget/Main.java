// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.Program;
import io.dragonfly.cli.VersionText;

import picocli.CommandLine;

import java.nio.file.Path;
import java.util.Arrays;

/// Starts dfget.
public final class Main {
    /// Read when it exists.
    static final Path DEFAULT_CONFIG = Path.of("/etc/dragonfly/dfget.yml");

    private Main() {}

    /// The option model, for the reference page.
    public static CommandLine commandLine() {
        return Program.commandLine(new DfgetCommand(DfgetEnvironment.ofProcess()).spec());
    }

    public static void main(String[] args) {
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
            // What scripts ask most often needs none of the options' classes.
            System.out.println("dfget " + VersionText.version());
            return;
        }
        DfgetEnvironment environment = DfgetEnvironment.ofProcess();
        if (args.length > 0 && args[0].equals("preheat")) {
            CommandLine preheat = Program.commandLine(new PreheatCommand());
            String[] rest = Arrays.copyOfRange(args, 1, args.length);
            System.exit(new Program(preheat, environment.variables(), null).run(rest));
        }
        DfgetCommand command = new DfgetCommand(environment);
        CommandLine commandLine = Program.commandLine(command.spec());
        Thread hook = new Thread(command::cancel, "cancel");
        Runtime.getRuntime().addShutdownHook(hook);
        int status = new Program(commandLine, environment.variables(), DEFAULT_CONFIG).run(args);
        command.ended();
        System.exit(status);
    }
}
