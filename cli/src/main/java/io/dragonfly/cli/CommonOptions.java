// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/// Options of every program; a mixin named `common`.
public final class CommonOptions {
    /// Options of this heading come last.
    public static final String HEADING = "General";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            descriptionKey = HEADING,
            description = "YAML file with option names as keys.")
    private @Nullable Path config;

    @Option(
            names = "--check-config",
            descriptionKey = HEADING,
            description = "Print the effective configuration and exit.")
    private boolean checkConfig;

    @Option(
            names = "--verbose",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = HEADING,
            description = "Say more, and show where an error arose.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            descriptionKey = HEADING,
            description = "Show this help and exit.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            descriptionKey = HEADING,
            description = "Show the version and exit.")
    private boolean version;

    /// The file that `--config` names; null for the program's default.
    public @Nullable Path config() {
        return config;
    }

    public boolean checkConfig() {
        return checkConfig;
    }

    public boolean verbose() {
        return verbose;
    }

    boolean informs() {
        return help || version;
    }
}
