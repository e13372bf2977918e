// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.soak;

import io.dragonfly.e2e.Site;
import io.dragonfly.e2e.bench.Links;
import io.dragonfly.e2e.bench.Requirements;
import io.dragonfly.e2e.bench.Topology;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/// `bench/soak`.
@Command(
        name = "bench/soak",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "A new file every few seconds for all hosts of a bed, while daemons are killed and"
                    + " started again. Needs root.",
            "One line per minute. Stores are kept small, so that they evict all the time. A"
                    + " download whose own daemon was killed is run again."
        },
        footer = {
            "",
            "Exit status: 0 no download failed, and after 10 minutes or more nothing has grown; 1"
                    + " otherwise; 2 wrong arguments or something is missing.",
            "Environment: DRAGONFLY_DIST names another distribution than dist/target/dragonfly."
        })
public final class SoakCommand implements Callable<Integer> {
    /// Below that, warming up is most of it.
    private static final int LEAST_MINUTES_FOR_TREND = 10;

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Option(names = "--minutes", paramLabel = "N", description = "How long (60).")
    private int minutes = 60;

    @Option(names = "--peers", paramLabel = "N", description = "Hosts, 2 or more (20).")
    private int peers = 20;

    @Option(names = "--peer-mbit", paramLabel = "MBIT", description = "Each peer's link (200).")
    private double peerMbit = 200;

    @Option(
            names = "--origin-mbit",
            paramLabel = "MBIT",
            description = "Link of the origin, and of the supernode (1000).")
    private double originMbit = 1000;

    @Option(names = "--size", paramLabel = "BYTES", description = "Of each file (20M).")
    private String size = "20M";

    @Option(names = "--every", paramLabel = "SECONDS", description = "A new file (10).")
    private double every = 10;

    @Option(
            names = "--kill-every",
            paramLabel = "SECONDS",
            description = "A daemon is killed, on average (20).")
    private double killEvery = 20;

    @Option(names = "--seed", paramLabel = "N", description = "Chooses who is killed when (1).")
    private long seed = 1;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where minutes.csv goes; default a new directory below"
                            + " /var/tmp/dragonfly-bench.")
    private @Nullable Path out;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "Where files are while it runs (/dev/shm: in memory).")
    private Path work = Path.of("/dev/shm");

    private final PrintStream print;
    private final PrintStream errors;
    private final InstantSource clock;
    private final LongFunction<RandomGenerator> random;

    /// @param random makes the generator of a seed
    public SoakCommand(
            PrintStream print,
            PrintStream errors,
            InstantSource clock,
            LongFunction<RandomGenerator> random) {
        this.print = print;
        this.errors = errors;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Integer call() throws IOException {
        Topology topology;
        Soak.Pace pace;
        try {
            if (minutes < 1 || peers < 2 || every <= 0 || killEvery <= 0 || peerMbit <= 0) {
                throw new IllegalArgumentException(
                        "--minutes from 1, --peers from 2, times and rates above 0");
            }
            topology =
                    new Topology(originMbit, originMbit, Links.equal(peers, peerMbit), List.of());
            pace = new Soak.Pace(Links.size(size), every, killEvery);
        } catch (IllegalArgumentException e) {
            return refuse(String.valueOf(e.getMessage()));
        }
        for (String missing : Requirements.ofBed().missing()) {
            return refuse(missing);
        }
        return run(topology, pace);
    }

    private int refuse(String message) {
        errors.println("bench/soak: " + message);
        return CommandLine.ExitCode.USAGE;
    }

    private int run(Topology topology, Soak.Pace pace) throws IOException {
        Path directory =
                out != null
                        ? out
                        : Path.of(
                                "/var/tmp/dragonfly-bench",
                                "soak-" + STAMP.format(clock.instant()));
        Files.createDirectories(directory);
        Path csv = directory.resolve("minutes.csv");
        Files.writeString(csv, Minute.HEAD + "\n");
        Site site = new Site();
        site.openBelow(work);
        List<String> failures = new ArrayList<>(List.of("it did not come to its end"));
        try {
            Soak soak = new Soak(site, topology, pace, random.apply(seed), print::println);
            List<Minute> all = soak.run(Duration.ofMinutes(minutes), m -> add(csv, m));
            failures.clear();
            failures.addAll(soak.died());
            if (soak.failures() > 0) {
                failures.add(soak.failures() + " downloads failed");
            }
            if (all.size() >= LEAST_MINUTES_FOR_TREND) {
                failures.addAll(Minute.trends(all));
            }
        } finally {
            if (!failures.isEmpty()) {
                site.keepLogs(directory.resolve("logs"));
            }
            site.end();
        }
        failures.forEach(failure -> print.println("FAILED: " + failure));
        print.println((failures.isEmpty() ? "all is well" : "failed") + "; files: " + directory);
        return failures.isEmpty() ? 0 : 1;
    }

    private void add(Path csv, Minute minute) {
        print.println(minute);
        try {
            Files.writeString(csv, minute.csv() + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
