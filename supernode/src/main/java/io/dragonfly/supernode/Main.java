// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.cli.ClusterOptions;
import io.dragonfly.cli.Program;
import io.dragonfly.peer.PeerEnvironment;

import picocli.CommandLine;

import java.nio.file.Path;

/// Starts the supernode.
public final class Main {
    /// Read when it exists.
    static final Path DEFAULT_CONFIG = Path.of("/etc/dragonfly/supernode.yml");

    private Main() {}

    /// The option model, for the reference page.
    public static CommandLine commandLine() {
        return commandLine(new SupernodeCommand(PeerEnvironment.system()));
    }

    static CommandLine commandLine(SupernodeCommand command) {
        CommandLine commandLine = Program.commandLine(command);
        ClusterOptions.addTo(commandLine.getCommandSpec());
        return commandLine;
    }

    public static void main(String[] args) {
        int status = new Program(commandLine(), System.getenv(), DEFAULT_CONFIG).run(args);
        System.exit(status);
    }
}
