// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.cli.ByteRateConverter;
import io.dragonfly.cli.TokenFile;
import io.dragonfly.cli.WholeNumber;
import io.dragonfly.core.limits.ByteRate;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Set;

/// Limits of the supernode, and who may change them.
final class LimitOptions {
    /// What a running supernode takes over from its configuration when it reads it anew.
    static final Set<String> LIVE =
            Set.of(
                    "upload-limit",
                    "download-limit",
                    "origin-limit",
                    "disk-limit",
                    "api-token-file");

    private static final String LIMITS = "Limits";

    @Option(
            names = "--upload-limit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            defaultValue = "0",
            descriptionKey = LIMITS,
            description = "Bytes per second to all peers together: 20M, 1G, 512K; 0: none.")
    private long upload;

    @Option(
            names = "--download-limit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            defaultValue = "0",
            descriptionKey = LIMITS,
            description = "The same from all origins together.")
    private long download;

    @Option(
            names = "--origin-limit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            defaultValue = "0",
            descriptionKey = LIMITS,
            description = "The same from each origin.")
    private long origin;

    @Option(
            names = "--disk-limit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            defaultValue = "0",
            descriptionKey = LIMITS,
            description = "The same of what is written into the store.")
    private long disk;

    @Option(
            names = "--max-origin-connections",
            paramLabel = "N",
            converter = WholeNumber.Count.class,
            defaultValue = "64",
            descriptionKey = LIMITS,
            description = "Connections to one origin for all contents together; more wait.")
    private int originConnections;

    @Option(
            names = "--max-piece-connections",
            paramLabel = "N",
            converter = WholeNumber.Count.class,
            defaultValue = "10000",
            descriptionKey = LIMITS,
            description = "Connections of peers that fetch pieces; more are refused.")
    private int pieceConnections;

    @Option(
            names = "--api-token-file",
            paramLabel = "FILE",
            descriptionKey = LIMITS,
            description =
                    "Holds a token. Whoever shows it to the API may change things from elsewhere,"
                            + " not only from this machine.")
    private @Nullable Path tokenFile;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    LimitOptions() {}

    SupernodeLimits limits() {
        return new SupernodeLimits(
                new ByteRate(upload),
                new ByteRate(download),
                new ByteRate(origin),
                new ByteRate(disk));
    }

    SupernodeConfig.Connections connections() {
        return new SupernodeConfig.Connections(pieceConnections, originConnections);
    }

    /// What is in the file, or null where there is none.
    @Nullable String token() {
        Path file = tokenFile;
        return file == null ? null : TokenFile.read("--api-token-file", file);
    }
}
