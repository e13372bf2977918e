// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.ByteRateConverter;
import io.dragonfly.cli.WholeNumber;
import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.peer.PeerLimits;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Set;

/// Limits of the daemon.
final class LimitOptions {
    /// What a running daemon takes over from its configuration when it reads it anew.
    static final Set<String> LIVE =
            Set.of(
                    "totallimit",
                    "upload-limit",
                    "download-limit",
                    "preheat-limit",
                    "background-limit",
                    "disk-limit",
                    "upload-slots",
                    "max-downloads",
                    "max-downloads-per-user");

    private static final String LIMIT = "Limits";

    @Option(
            names = "--totallimit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            defaultValue = "0",
            descriptionKey = LIMIT,
            description = "Bytes per second up and down each: 20M, 1G, 512K; 0: none.")
    private long total;

    @Option(
            names = "--upload-limit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            descriptionKey = LIMIT,
            description = "The same for uploads only; wins over --totallimit.")
    private @Nullable Long upload;

    @Option(
            names = "--download-limit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            descriptionKey = LIMIT,
            description = "The same for downloads only; wins over --totallimit.")
    private @Nullable Long download;

    @Option(
            names = "--preheat-limit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            defaultValue = "0",
            descriptionKey = LIMIT,
            description = "Bytes per second of downloads of class preheat together; 0: none.")
    private long preheat;

    @Option(
            names = "--background-limit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            defaultValue = "0",
            descriptionKey = LIMIT,
            description = "The same of class background.")
    private long background;

    @Option(
            names = "--disk-limit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            defaultValue = "0",
            descriptionKey = LIMIT,
            description = "Bytes per second that downloads write into the store; 0: none.")
    private long disk;

    @Option(
            names = "--upload-slots",
            paramLabel = "COUNT",
            converter = WholeNumber.Count.class,
            defaultValue = "64",
            descriptionKey = LIMIT,
            description = "Blocks that are sent at the same time.")
    private int uploadSlots = PeerLimits.DEFAULT_UPLOAD_SLOTS;

    @Option(
            names = "--max-downloads",
            paramLabel = "COUNT",
            converter = WholeNumber.Count.class,
            defaultValue = "1000",
            descriptionKey = LIMIT,
            description = "Downloads at a time; more are refused.")
    private int maxDownloads = 1000;

    @Option(
            names = "--max-downloads-per-user",
            paramLabel = "COUNT",
            converter = WholeNumber.Count.class,
            descriptionKey = LIMIT,
            description =
                    "The same of one user. Default: a quarter of --max-downloads where all users"
                            + " of the host may use the socket, else all.")
    private @Nullable Integer maxDownloadsPerUser;

    PeerLimits rates() {
        return new PeerLimits(
                new ByteRate(upload != null ? upload : total),
                new ByteRate(download != null ? download : total),
                new ByteRate(preheat),
                new ByteRate(background),
                new ByteRate(disk),
                uploadSlots);
    }

    /// @param everyone whether other users may use the socket
    DfdaemonConfig.Downloads downloads(boolean everyone) {
        int share = everyone ? Math.max(1, maxDownloads / 4) : maxDownloads;
        return new DfdaemonConfig.Downloads(
                maxDownloads, maxDownloadsPerUser != null ? maxDownloadsPerUser : share);
    }
}
