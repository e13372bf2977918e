// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.ClusterOptions;
import io.dragonfly.cli.Options;

import picocli.CommandLine.Model.CommandSpec;

/// Options for what a daemon has in its own configuration, for a dfget that does without one.
final class Alone {
    private final CommandSpec command;
    private final Options.Value<String> idc;
    private final Options.Value<String> securityDomain;
    private final Options.Value<String> hostGroup;

    Alone(CommandSpec command) {
        this.command = command;
        Options options = new Options(command, "This host among others, with --no-daemon");
        idc = options.textOr("", "NAME", "Data centre; peers of the same are preferred.", "--idc");
        securityDomain =
                options.textOr(
                        "",
                        "NAME",
                        "Peers of others are reached through a supernode only.",
                        "--security-domain");
        hostGroup =
                options.textOr(
                        "", "NAME", "Hosts close to each other, such as a rack.", "--host-group");
        ClusterOptions.addTo(command);
    }

    String idc() {
        return idc.get();
    }

    String securityDomain() {
        return securityDomain.get();
    }

    String hostGroup() {
        return hostGroup.get();
    }

    ClusterOptions cluster() {
        return ClusterOptions.of(command);
    }
}
