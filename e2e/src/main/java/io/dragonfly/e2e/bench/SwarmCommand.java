// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.dragonfly.e2e.Site;
import io.dragonfly.e2e.faults.FaultyRun;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/// `bench/swarm`.
@Command(
        name = "bench/swarm",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "One file to many hosts at once: real processes in network namespaces with limited"
                    + " links; nginx is the origin. Needs root.",
            "Time is from the common start to the end of dfget, with daemons and supernode running"
                    + " and empty; every copy is verified afterwards."
        },
        footer = {
            "",
            "Exit status: 0 all copies were right; 1 some were not; 2 wrong arguments or something"
                    + " is missing.",
            "Environment: DRAGONFLY_DIST names another distribution than dist/target/dragonfly."
        })
final class SwarmCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /// A run that takes so many times the least possible has stopped.
    private static final double MOST_TIMES_BOUND = 6;

    @Option(names = "--peers", paramLabel = "N", description = "Hosts that want the file (10).")
    private int peers = 10;

    @Option(names = "--peer-mbit", paramLabel = "MBIT", description = "Each peer's link (50).")
    private double peerMbit = 50;

    @Option(names = "--origin-mbit", paramLabel = "MBIT", description = "Its link (200).")
    private double originMbit = 200;

    @Option(
            names = "--supernode-mbit",
            paramLabel = "MBIT",
            description = "Its link; default as the origin's.")
    private @Nullable Double supernodeMbit;

    @Option(names = "--size", paramLabel = "BYTES", description = "Of the file (200M).")
    private String size = "200M";

    @Option(
            names = "--classes",
            paramLabel = "CLASSES",
            description = "Peers with unequal links, COUNTxMBIT each: 10x10,10x20,10x50.")
    private @Nullable String classes;

    @Option(
            names = "--slow-uplinks",
            paramLabel = "COUNT",
            description = "So many peers, or 5%%, send at a tenth of their link.")
    private String slowUplinks = "0";

    @Option(
            names = "--idcs",
            paramLabel = "NxPEERS",
            description = "Data centres with so many peers each: 3x6.")
    private @Nullable String idcs;

    @Option(
            names = "--thin-mbit",
            paramLabel = "MBIT",
            description = "Link between a data centre and all else (20).")
    private double thinMbit = 20;

    @Option(names = "--runs", paramLabel = "N", description = "Of each contestant (1).")
    private int runs = 1;

    @Option(
            names = "--with-single",
            description = "Also the slowest peer alone in the same bed: T1.")
    private boolean withSingle;

    @Option(
            names = "--rival",
            paramLabel = "NAME",
            description = "Also curl, aria2 or libtorrent (repeatable).")
    private List<String> rivals = new ArrayList<>();

    @Option(names = "--rivals-only", description = "Without our own.")
    private boolean rivalsOnly;

    @Option(
            names = "--dfdaemon-option",
            paramLabel = "OPTION",
            description = "To try something out: one word of its options (repeatable).")
    private List<String> daemonOptions = new ArrayList<>();

    @Option(
            names = "--supernode-option",
            paramLabel = "OPTION",
            description = "The same for the supernode.")
    private List<String> supernodeOptions = new ArrayList<>();

    @Option(
            names = "--faults",
            paramLabel = "SEED",
            description = {
                "Not a measurement: things go wrong meanwhile, chosen by the seed (daemons and"
                        + " supernode are killed or stopped, links vanish, disks are full or lie)."
            })
    private @Nullable Long faults;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where results go; default a new directory below"
                            + " /var/tmp/dragonfly-bench.")
    private @Nullable Path out;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "Where files are while it runs (/dev/shm: in memory).")
    private Path work = Path.of("/dev/shm");

    @Option(names = "--keep-logs", description = "Also where nothing failed.")
    private boolean keepLogs;

    private final PrintStream print;
    private final PrintStream errors;
    private final InstantSource clock;
    private final LongFunction<RandomGenerator> random;

    /// @param random makes the generator of a seed
    SwarmCommand(
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
        long bytes;
        Set<Contestant.Kind> kinds;
        try {
            topology = topology();
            bytes = Links.size(size);
            kinds = kinds();
            if (runs < 1 || runs > 100) {
                throw new IllegalArgumentException("--runs: from 1 to 100: " + runs);
            }
        } catch (IllegalArgumentException e) {
            return refuse(String.valueOf(e.getMessage()));
        }
        for (String missing : new Requirements(kinds).missing()) {
            return refuse(missing);
        }
        return faults == null ? race(topology, bytes, kinds) : faults(topology, bytes, faults);
    }

    private int faults(Topology topology, long bytes, long seed) throws IOException {
        Site site = new Site();
        site.openBelow(work);
        List<String> failures = List.of("it did not come to its end");
        try {
            failures = FaultyRun.play(site, topology, bytes, random.apply(seed), print::println);
        } finally {
            if (!failures.isEmpty() || keepLogs) {
                Path logs = directory().resolve("logs");
                site.keepLogs(logs);
                print.println("the logs are in " + logs);
            }
            site.end();
        }
        failures.forEach(failure -> print.println("FAILED: " + failure));
        print.printf("seed %d: %s%n", seed, failures.isEmpty() ? "all is well" : "failed");
        return failures.isEmpty() ? 0 : 1;
    }

    private int race(Topology topology, long bytes, Set<Contestant.Kind> kinds) throws IOException {
        Path directory = directory();
        double limit = 30 + MOST_TIMES_BOUND * topology.bound(bytes);
        if (kinds.contains(Contestant.Kind.CURL)) {
            limit = Math.max(limit, 30 + 16.0 * bytes * topology.peers().size() / 1e6 / originMbit);
        }
        Race.Setting setting =
                new Race.Setting(
                        bytes,
                        work,
                        directory.resolve("logs"),
                        Duration.ofMillis((long) (limit * 1000)),
                        keepLogs,
                        new Contestant.Options(daemonOptions, supernodeOptions));
        Report report = new Report(print, directory, facts(), topology);
        for (int run = 1; run <= runs; run++) {
            for (Contestant.Kind kind : kinds) {
                if (withSingle) {
                    report.add(new Race(setting, kind, topology.single()).run(run, true));
                }
                report.add(new Race(setting, kind, topology).run(run, false));
            }
        }
        report.summary();
        return report.allComplete() ? 0 : 1;
    }

    private int refuse(String message) {
        errors.println("bench/swarm: " + message);
        return CommandLine.ExitCode.USAGE;
    }

    private Topology topology() {
        double supernode = supernodeMbit == null ? originMbit : supernodeMbit;
        if (peerMbit <= 0 || thinMbit <= 0) {
            throw new IllegalArgumentException("a rate must be above 0");
        }
        if (classes != null && idcs != null) {
            throw new IllegalArgumentException("either --classes or --idcs");
        }
        Topology base;
        if (idcs != null) {
            base = Links.zones(idcs, thinMbit, peerMbit, originMbit, supernode);
        } else {
            List<Topology.Peer> all =
                    classes == null ? Links.equal(peers, peerMbit) : Links.classes(classes);
            base = new Topology(originMbit, supernode, all, List.of());
        }
        return base.withSlowUplinks(Links.share(slowUplinks, base.peers().size()));
    }

    private Set<Contestant.Kind> kinds() {
        Set<Contestant.Kind> kinds = EnumSet.noneOf(Contestant.Kind.class);
        if (!rivalsOnly) {
            kinds.add(Contestant.Kind.DRAGONFLY);
        }
        for (String rival : rivals) {
            kinds.add(
                    EnumSet.complementOf(EnumSet.of(Contestant.Kind.DRAGONFLY)).stream()
                            .filter(kind -> kind.title().equals(rival))
                            .findFirst()
                            .orElseThrow(() ->
                                    new IllegalArgumentException(
                                            "--rival: curl, aria2 or libtorrent, not '"
                                                    + rival
                                                    + "'")));
        }
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("--rivals-only needs a --rival");
        }
        return kinds;
    }

    private Path directory() throws IOException {
        Instant now = clock.instant();
        Path directory =
                out != null
                        ? out
                        : Path.of("/var/tmp/dragonfly-bench", "swarm-" + STAMP.format(now));
        return Files.createDirectories(directory).toAbsolutePath();
    }

    private ObjectNode facts() {
        ObjectNode facts = JSON.createObjectNode();
        facts.put("date", clock.instant().toString());
        facts.put("processors", Runtime.getRuntime().availableProcessors());
        facts.set("daemonOptions", JSON.valueToTree(daemonOptions));
        facts.set("supernodeOptions", JSON.valueToTree(supernodeOptions));
        facts.put("system", System.getProperty("os.version"));
        return facts;
    }
}
