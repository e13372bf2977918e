// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/// Runs what the report is made of, and writes it or says what differs from it.
///
/// @param jobs all runs of the report, in its order
/// @param files what it is written as
/// @param run does one
/// @param replay command line that runs one scenario again, to put options behind
public record ReportCommand(
        List<Job> jobs, ReportFiles files, Function<Job, Outcome> run, String replay) {
    /// What may stand on the command line.
    public static final String USAGE =
            "report [--dir DIR] [--subset ci|all] [--only SCENARIO] [--policy POLICY] [--check]";

    public ReportCommand {
        jobs = List.copyOf(jobs);
    }

    /// @param subset `ci` or `all`
    /// @param only scenarios and policies to be run, empty for all
    private record Options(
            Path dir, String subset, Set<String> only, Set<String> policies, boolean check) {
        boolean takes(Job job) {
            return (subset.equals("all") || job.quick())
                    && (only.isEmpty() || only.contains(job.scenario()))
                    && (policies.isEmpty() || policies.contains(job.policy()));
        }
    }

    /// @param out takes lines for people
    /// @return exit status: 0, 1 where the report is not what runs of today give, 2 for a command
    ///   line that is none
    /// @throws IOException where files cannot be read or written
    public int execute(List<String> arguments, Consumer<String> out) throws IOException {
        Options options;
        List<Outcome> before;
        try {
            options = parse(arguments);
            before = committed(options.dir);
        } catch (IllegalArgumentException e) {
            out.accept(e.getMessage());
            return 2;
        }
        List<Job> wanted = jobs.stream().filter(options::takes).toList();
        if (wanted.isEmpty()) {
            out.accept("no run of the report is called that; known: " + names());
            return 2;
        }
        List<Outcome> now = new ArrayList<>();
        for (Job job : wanted) {
            Outcome outcome = run.apply(job);
            now.add(outcome);
            if (!options.check) {
                out.accept(line(outcome));
            }
        }
        return options.check
                ? check(options.dir, before, now, out)
                : write(options.dir, before, now);
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        jobs.forEach(job -> names.add(job.scenario()));
        return names;
    }

    private static Options parse(List<String> arguments) {
        Path dir = Path.of("docs/benchmarks/simulation");
        String subset = "all";
        Set<String> only = new TreeSet<>();
        Set<String> policies = new TreeSet<>();
        boolean check = false;
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i);
            if (option.equals("--check")) {
                check = true;
                continue;
            }
            if (!Set.of("--dir", "--subset", "--only", "--policy").contains(option)
                    || i + 1 == arguments.size()) {
                throw new IllegalArgumentException("usage: " + USAGE);
            }
            String value = arguments.get(++i);
            switch (option) {
                case "--dir" -> dir = Path.of(value);
                case "--only" -> only.add(value);
                case "--policy" -> policies.add(value);
                default -> subset = value;
            }
        }
        if (!Set.of("ci", "all").contains(subset)) {
            throw new IllegalArgumentException("--subset is ci or all: " + subset);
        }
        return new Options(dir, subset, only, policies, check);
    }

    private static List<Outcome> committed(Path dir) throws IOException {
        Path file = dir.resolve(ReportFiles.OUTCOMES);
        try {
            return OutcomeFile.parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static String line(Outcome outcome) {
        StringBuilder line = new StringBuilder();
        OutcomeFile.fields(outcome)
                .forEach(
                        (field, value) -> line.append(field).append('=').append(value).append(' '));
        return line.append("ratio=").append(ReportText.ratio(outcome.ratio())).toString();
    }

    private int check(Path dir, List<Outcome> before, List<Outcome> now, Consumer<String> out)
            throws IOException {
        List<String> lines = new ArrayList<>(Changes.between(before, now, replay));
        Map<String, String> expected = files.of(inOrder(before));
        Map<String, String> found = read(dir);
        Set<String> names = new TreeSet<>(expected.keySet());
        names.addAll(found.keySet());
        for (String name : names) {
            if (!found.containsKey(name)) {
                lines.add(name + " is missing");
            } else if (!expected.containsKey(name)) {
                lines.add(name + " does not belong to the report any more");
            } else if (!expected.get(name).equals(found.get(name))) {
                lines.add(name + " is not what " + ReportFiles.OUTCOMES + " gives");
            }
        }
        if (lines.isEmpty()) {
            return 0;
        }
        lines.forEach(out);
        out.accept(
                ("The report in %s is not what runs of today give. If that is meant: %s, and commit"
                                + " what it writes.")
                        .formatted(dir, files.command()));
        return 1;
    }

    private int write(Path dir, List<Outcome> before, List<Outcome> now) throws IOException {
        Map<String, String> written = files.of(inOrder(Changes.merge(before, now)));
        Files.createDirectories(dir);
        for (String old : read(dir).keySet()) {
            if (!written.containsKey(old)) {
                Files.delete(dir.resolve(old));
            }
        }
        for (Map.Entry<String, String> file : written.entrySet()) {
            Files.writeString(dir.resolve(file.getKey()), file.getValue());
        }
        return 0;
    }

    /// Without those that do not belong to the report any more.
    private List<Outcome> inOrder(List<Outcome> outcomes) {
        List<Outcome> ordered = new ArrayList<>();
        for (Job job : jobs) {
            outcomes.stream().filter(job::sameRun).forEach(ordered::add);
        }
        return ordered;
    }

    private static Map<String, String> read(Path dir) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        if (!Files.isDirectory(dir)) {
            return files;
        }
        try (Stream<Path> found = Files.list(dir)) {
            for (Path file : found.sorted().toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }
}
