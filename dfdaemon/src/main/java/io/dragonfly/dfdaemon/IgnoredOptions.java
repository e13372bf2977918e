// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/// Options of v1 that do nothing here.
@SuppressWarnings("UnusedVariable") // Only parsed.
final class IgnoredOptions {
    @Option(
            names = "--dfpath",
            hidden = true,
            description = "is ignored: dfdaemon does not call dfget any more")
    private @Nullable String dfpath;

    @Option(
            names = "--localrepo",
            hidden = true,
            description = "is ignored: all content is in the home's data directory")
    private @Nullable String localRepo;

    @Option(
            names = "--maxprocs",
            hidden = true,
            description = "is ignored: the launcher bounds the processors")
    private @Nullable String maxProcs;

    @Option(
            names = "--streamMode",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            hidden = true,
            description = "is ignored: content is always streamed")
    private boolean streamMode;
}
