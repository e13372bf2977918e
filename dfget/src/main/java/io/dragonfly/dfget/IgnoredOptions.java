// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/// Options of v1 that do nothing here. Scripts that use them go on, with a warning.
@SuppressWarnings("UnusedVariable") // Only parsed.
final class IgnoredOptions {
    @Option(
            names = "--clientqueue",
            hidden = true,
            description = "is ignored: there is no such queue any more")
    private @Nullable String clientQueue;

    @Option(
            names = "--minrate",
            hidden = true,
            description = "is ignored: no timeout follows from a rate any more, see --timeout")
    private @Nullable String minRate;

    @Option(
            names = "--expiretime",
            hidden = true,
            description = "is ignored: the store is bounded by free disk space, not by age")
    private @Nullable String expireTime;

    @Option(
            names = "--console",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            hidden = true,
            description = "is ignored: the daemon writes the log")
    private boolean console;

    @Option(
            names = {"-b", "--showbar"},
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            hidden = true,
            description = "is ignored: the bar is shown on a terminal")
    private boolean showBar;

    @Option(
            names = "--dfdaemon",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            hidden = true,
            description = "is ignored: dfdaemon does not call dfget any more")
    private boolean dfdaemon;

    @Option(names = "--ip", hidden = true, description = "is ignored: it is an option of dfdaemon")
    private @Nullable String ip;

    @Option(
            names = "--port",
            hidden = true,
            description = "is ignored: it is an option of dfdaemon")
    private @Nullable String port;
}
