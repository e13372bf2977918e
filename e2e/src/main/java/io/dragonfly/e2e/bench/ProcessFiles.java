// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What the kernel says about processes and the machine, below `/proc`.
final class ProcessFiles {
    /// The kernel's unit for CPU time, the same on all Linux that Java runs on.
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final int CHILDREN_USER_TICKS = 13;
    private static final int CHILDREN_SYSTEM_TICKS = 14;

    private ProcessFiles() {}

    /// @param resident the most bytes of memory so far, mapped files included
    /// @param anonymous bytes of memory that no file backs, now
    record Memory(long resident, long anonymous) {
        static final Memory NONE = new Memory(0, 0);

        Memory most(Memory other) {
            return new Memory(
                    Math.max(resident, other.resident), Math.max(anonymous, other.anonymous));
        }
    }

    /// CPU-seconds that a process has used; 0 for one that has ended.
    static double cpu(long pid) {
        return stat(Long.toString(pid), USER_TICKS, SYSTEM_TICKS);
    }

    /// CPU-seconds of all processes that this one has started and that have ended.
    static double childrensCpu() {
        return stat("self", CHILDREN_USER_TICKS, CHILDREN_SYSTEM_TICKS);
    }

    /// CPU-seconds for which the machine's processors were not idle, interrupts included.
    static double machineCpu() {
        String line = read(Path.of("/proc/stat")).orElseThrow().lines().findFirst().orElseThrow();
        String[] fields = line.strip().split("\\s+");
        // cpu user nice system idle iowait irq softirq: steal is not ours to count.
        long ticks = 0;
        for (int i : new int[] {1, 2, 3, 6, 7}) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    static Memory memory(long pid) {
        return read(Path.of("/proc", Long.toString(pid), "status"))
                .map(text -> new Memory(kilobytes(text, "VmHWM:"), kilobytes(text, "RssAnon:")))
                .orElse(Memory.NONE);
    }

    private static long kilobytes(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).replace("kB", "").strip())
                .mapToLong(number -> 1024 * Long.parseLong(number))
                .findFirst()
                // A process that is just ending has no memory.
                .orElse(0);
    }

    private static double stat(String pid, int first, int second) {
        return read(Path.of("/proc", pid, "stat"))
                .map(text -> {
                    // The name, in brackets, may contain anything.
                    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
                    return (Long.parseLong(fields[first]) + Long.parseLong(fields[second]))
                            / TICKS_PER_SECOND;
                })
                .orElse(0.0);
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended.
            return Optional.empty();
        }
    }
}
