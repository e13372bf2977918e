// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What another process has used, from `/proc`.
///
/// @param cpuSeconds user and system time of all its threads since it started
/// @param residentBytes resident now
/// @param peakBytes the most that was ever resident
public record ProcessUse(double cpuSeconds, long residentBytes, long peakBytes) {
    /// Linux counts process times in hundredths of a second, whatever its timer does.
    private static final double TICKS_PER_SECOND = 100;

    /// @throws IOException where there is no such process
    public static ProcessUse of(long pid) throws IOException {
        Path dir = Path.of("/proc", Long.toString(pid));
        String stat = Files.readString(dir.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        double ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        List<String> status = Files.readAllLines(dir.resolve("status"));
        return new ProcessUse(
                ticks / TICKS_PER_SECOND, kilobytes(status, "VmRSS:"), kilobytes(status, "VmHWM:"));
    }

    private static long kilobytes(List<String> status, String name) throws IOException {
        for (String line : status) {
            if (line.startsWith(name)) {
                return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no " + name + " in /proc");
    }
}
