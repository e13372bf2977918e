// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.engine;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.DurationConverter;
import io.dragonfly.cli.SizeConverter;
import io.dragonfly.peer.DiskUse;

import picocli.CommandLine.Option;

import java.time.Duration;

/// What the daemons may do with their disk; a mixin.
public final class DiskOptions {
    private static final String HEADING = "Disk";

    @Option(
            names = "--disk-reserve",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "256M",
            descriptionKey = HEADING,
            description = "Free space of the file system that is never taken.")
    private long reserve = DiskUse.DEFAULT.reserveBytes();

    @Option(
            names = "--disk-low",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "1G",
            descriptionKey = HEADING,
            description = "Where less is free above the reserve, contents leave that nobody uses.")
    private long low = DiskUse.DEFAULT.lowBytes();

    @Option(
            names = "--disk-high",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "4G",
            descriptionKey = HEADING,
            description = "They leave, those unused longest first, until so much is free.")
    private long high = DiskUse.DEFAULT.highBytes();

    @Option(
            names = "--disk-cap",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "0",
            descriptionKey = HEADING,
            description = "All contents together; 0: whatever is free.")
    private long cap = DiskUse.DEFAULT.capBytes();

    @Option(
            names = "--expiretime",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "3m",
            descriptionKey = HEADING,
            description = "A content unused for so long is not offered to others any more.")
    private Duration expireTime = DiskUse.DEFAULT.unusedFor();

    @Option(
            names = "--leftover-time",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "1h",
            descriptionKey = HEADING,
            description = "What is left of broken downloads and cannot go on leaves after that.")
    private Duration leftoverTime = DiskUse.DEFAULT.leftoversFor();

    /// What was asked for.
    ///
    /// @throws CommandFailure where it makes no sense
    public DiskUse use() {
        try {
            return new DiskUse(reserve, low, high, cap, expireTime, leftoverTime);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }
}
