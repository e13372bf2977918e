// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// What a process takes from the system, as the kernel counts it.
///
/// @param resident bytes of memory, mapped files included
/// @param anonymous bytes of memory that no file backs
/// @param threads of the platform
/// @param descriptors open files and sockets
public record Footprint(long resident, long anonymous, int threads, int descriptors) {
    public static Footprint of(Running process) {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            List<String> status = Files.readAllLines(proc.resolve("status"));
            return new Footprint(
                    1024 * value(status, "VmRSS:"),
                    1024 * value(status, "RssAnon:"),
                    (int) value(status, "Threads:"),
                    (int) descriptors.count());
        } catch (IOException e) {
            throw new UncheckedIOException("no footprint of " + process, e);
        }
    }

    private static long value(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).replace("kB", "").strip())
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    /// Looks ten times a second at the anonymous memory of a process, until it is closed.
    public static final class Peak implements AutoCloseable {
        private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
        private final AtomicLong most = new AtomicLong();

        public Peak(Running process) {
            var _ =
                    clock.scheduleWithFixedDelay(
                            () ->
                                    most.accumulateAndGet(
                                            Footprint.of(process).anonymous(), Math::max),
                            0,
                            100,
                            TimeUnit.MILLISECONDS);
        }

        /// The most bytes so far.
        public long most() {
            return most.get();
        }

        @Override
        public void close() {
            clock.close();
        }
    }
}
