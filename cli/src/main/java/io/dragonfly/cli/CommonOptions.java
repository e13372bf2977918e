// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import java.nio.file.Path;
import java.util.Objects;

/// Options of every program; [Program#commandLine] adds them.
public final class CommonOptions {
    /// Options of this heading come last.
    public static final String HEADING = "General";

    private static final String MIXIN = "common";

    private final Options.Value<@Nullable Path> config;
    private final Options.Value<Boolean> checkConfig;
    private final Options.Value<Boolean> verbose;

    private CommonOptions(CommandSpec command) {
        CommandSpec mixin = CommandSpec.wrapWithoutInspection(this);
        Options options = new Options(mixin, HEADING);
        config = options.path("FILE", "YAML file with option names as keys.", "--config");
        checkConfig =
                options.plainFlag(
                        options.option(
                                "Print the effective configuration and exit.", "--check-config"));
        verbose = options.flag("Say more, and show where an error arose.", "--verbose");
        options.plainFlag(
                options.option("Show this help and exit.", "-h", "--help").usageHelp(true));
        options.plainFlag(
                options.option("Show the version and exit.", "-V", "--version").versionHelp(true));
        command.addMixin(MIXIN, mixin);
    }

    static void addTo(CommandSpec command) {
        var _ = new CommonOptions(command);
    }

    /// Those of a command that [Program#commandLine] was given.
    public static CommonOptions of(CommandSpec command) {
        CommandSpec mixin =
                Objects.requireNonNull(command.mixins().get(MIXIN), "not from Program.commandLine");
        return (CommonOptions) mixin.userObject();
    }

    /// The file that `--config` names; null for the program's default.
    public @Nullable Path config() {
        return config.get();
    }

    public boolean checkConfig() {
        return checkConfig.get();
    }

    public boolean verbose() {
        return verbose.get();
    }
}
