// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// The processes and files of one run. Nothing of it is left behind: not when it ends, not when it
/// is ended by Ctrl-C, and not when it is killed, for then its [Guard] cleans up.
public class Site {
    private static final Duration GRACE = Duration.ofSeconds(15);

    /// Something that must be undone when the site is closed.
    public interface Undo {
        void run();
    }

    private final List<Running> processes = new CopyOnWriteArrayList<>();
    private final List<Undo> undo = new CopyOnWriteArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private @Nullable Path dir;

    /// Begins, below the directory for temporary files.
    public final void open() throws IOException {
        openBelow(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /// Begins, below a directory.
    public final void openBelow(Path parent) throws IOException {
        // Short: the paths of Unix sockets below it are limited to 100 bytes.
        Path made = Files.createTempDirectory(parent, "dfe2e");
        Files.createDirectories(made.resolve("logs"));
        dir = made;
        Guard.start(made);
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "site-end"));
    }

    /// Directory of its own, gone after the tests.
    public final Path dir() {
        if (dir == null) {
            throw new IllegalStateException(
                    "not open: in tests a Lab must be static and a @RegisterExtension");
        }
        return dir;
    }

    public final Path path(String name) {
        return dir().resolve(name);
    }

    /// A program of the distribution.
    public static String program(String name) {
        String dist = System.getProperty("dragonfly.dist", "../dist/target/dragonfly");
        Path program = Path.of(dist, "bin", name).toAbsolutePath().normalize();
        if (!Files.isExecutable(program)) {
            throw new IllegalStateException("not there: " + program + "; run `mvn package` first");
        }
        return program.toString();
    }

    /// Starts a command on a host, in this site's directory and with nothing of our environment
    /// that could change what it does.
    public final Running start(Host host, String name, List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(host.command(command)).directory(dir().toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(key -> key.startsWith("DF") || key.startsWith("XDG_"));
        environment.put("HOME", dir().resolve("user").toString());
        Running process =
                Running.start(name + "-" + numbers.incrementAndGet(), builder, path("logs"));
        processes.add(process);
        return process;
    }

    /// Remembers what to do at the end, the last first.
    public final void atEnd(Undo step) {
        undo.addFirst(step);
    }

    /// Ends every process, also those that ours started and that detached themselves: their command
    /// line names this site's directory.
    public final void end() {
        if (ended.getAndSet(true)) {
            return;
        }
        for (Running process : processes) {
            resume(process);
        }
        for (Running process : processes) {
            ProcessHandle.of(process.pid())
                    .filter(h -> process.alive())
                    .ifPresent(ProcessHandle::destroy);
        }
        long end = System.nanoTime() + GRACE.toNanos();
        for (Running process : processes) {
            try {
                var _ = process.await(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            } catch (AssertionError e) {
                process.kill();
            }
        }
        leftovers().forEach(ProcessHandle::destroyForcibly);
        for (Undo step : undo) {
            step.run();
        }
        delete(dir());
    }

    private static void resume(Running process) {
        if (process.alive()) {
            var _ = Command.run(List.of("kill", "-CONT", Long.toString(process.pid())));
        }
    }

    /// Processes that name this site's directory on their command line.
    public final List<ProcessHandle> leftovers() {
        return ProcessHandle.allProcesses().filter(this::isOurs).toList();
    }

    private boolean isOurs(ProcessHandle process) {
        try {
            byte[] line =
                    Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
            return new String(line, StandardCharsets.UTF_8).contains(dir() + "/");
        } catch (IOException e) {
            // It has ended.
            return false;
        }
    }

    /// Copies the logs and outputs of all processes to a directory.
    public final void keepLogs(Path directory) throws IOException {
        Path kept = Files.createDirectories(directory);
        for (Path log :
                find(path -> path.toString().endsWith(".log") || path.startsWith(path("logs")))) {
            String name = dir().relativize(log).toString().replace('/', '-');
            if (Files.size(log) < 10_000_000) {
                Files.copy(log, kept.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        System.out.println("the logs are in " + kept.toAbsolutePath());
    }

    private List<Path> find(java.util.function.Predicate<Path> wanted) throws IOException {
        try (Stream<Path> files = Files.walk(dir())) {
            return files.filter(Files::isRegularFile).filter(wanted).toList();
        }
    }

    /// Removes a directory of this site before the end: the disk would be full of them.
    public final void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : new ArrayList<>(files.sorted(Comparator.reverseOrder()).toList())) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }

    /// The value of a metric in Prometheus' text form.
    public static Optional<Double> metric(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> Double.valueOf(line.substring(name.length() + 1)))
                .findFirst();
    }
}
