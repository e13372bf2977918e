// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Results as lines for people and as files for programs: `result.json`, written anew after every
/// run, and `runs.csv`, one line per run.
final class Report {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CSV_HEAD =
            "contestant,single,run,peers,complete,bytes,bound_s,first_s,median_s,last_s,"
                    + "last_to_bound,origin_bytes,supernode_bytes,peers_bytes,cpu_s,busy,foreign\n";

    private final PrintStream out;
    private final Path directory;
    private final ObjectNode facts;
    private final Topology topology;
    private final List<Result> results = new ArrayList<>();

    /// @param directory where the files go
    /// @param facts about the machine and the command
    Report(PrintStream out, Path directory, ObjectNode facts, Topology topology) {
        this.out = out;
        this.directory = directory;
        this.facts = facts;
        this.topology = topology;
    }

    void add(Result result) throws IOException {
        results.add(result);
        print(result);
        ObjectNode all = facts.deepCopy();
        all.set("topology", JSON.valueToTree(topology));
        ArrayNode runs = all.putArray("runs");
        for (Result one : results) {
            runs.add(json(one));
        }
        Files.writeString(
                directory.resolve("result.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
        Path csv = directory.resolve("runs.csv");
        if (!Files.exists(csv)) {
            Files.writeString(csv, CSV_HEAD);
        }
        Files.writeString(csv, csv(result), StandardOpenOption.APPEND);
    }

    private static ObjectNode json(Result result) {
        ObjectNode node = JSON.valueToTree(result);
        node.put("first", result.first());
        node.put("median", result.median());
        node.put("last", result.last());
        node.put("lastToBound", result.last() / result.bound());
        node.set("slowestToOwnBound", JSON.valueToTree(result.groups()));
        return node;
    }

    private static String csv(Result r) {
        double cpu = r.meter().cpu().values().stream().mapToDouble(Double::doubleValue).sum();
        return format(
                "%s,%b,%d,%d,%b,%d,%.2f,%.2f,%.2f,%.2f,%.4f,%d,%d,%d,%.2f,%.3f,%.3f\n",
                r.contestant(),
                r.single(),
                r.run(),
                r.peers().size(),
                r.complete(),
                r.bytes(),
                r.bound(),
                r.first(),
                r.median(),
                r.last(),
                r.last() / r.bound(),
                r.sent().origin(),
                r.sent().supernode(),
                r.sent().peers(),
                cpu,
                r.meter().busy(),
                r.meter().foreign());
    }

    private void print(Result r) {
        double f = r.bytes();
        out.printf(
                Locale.ROOT,
                "%s%s run %d: first %.2f s, median %.2f s, last %.2f s; bound %.2f s, last/bound"
                        + " %.3f%n",
                r.contestant(),
                r.single() ? " alone" : "",
                r.run(),
                r.first(),
                r.median(),
                r.last(),
                r.bound(),
                r.last() / r.bound());
        out.printf(
                Locale.ROOT,
                "  sent / file: origin %.3f, supernode %.3f, peers %.2f%s%n",
                r.sent().origin() / f,
                r.sent().supernode() / f,
                r.sent().peers() / f,
                zones(r));
        if (r.groups().size() > 1) {
            out.println("  slowest / own bound: " + ratios(r.groups()));
        }
        out.printf(
                Locale.ROOT,
                "  CPU s: %s; machine %.0f %% busy, %.2f processors with other work%n",
                ratios(r.meter().cpu()),
                r.meter().busy() * 100,
                r.meter().foreign());
        StringBuilder memory = new StringBuilder();
        r.meter()
                .memory()
                .forEach((role, most) ->
                        memory.append(
                                format(
                                        " %s %d (%d)",
                                        role, most.resident() >> 20, most.anonymous() >> 20)));
        out.println("  most MiB of one process, anonymous in brackets:" + memory);
        for (String failure : r.failures()) {
            out.println("  FAILED: " + failure.strip().replace("\n", "\n    "));
        }
        out.flush();
    }

    private static String zones(Result result) {
        StringBuilder text = new StringBuilder();
        double f = result.bytes();
        result.sent()
                .into()
                .forEach((name, bytes) ->
                        text.append(
                                format(
                                        "; %s in %.3f, out %.3f",
                                        name,
                                        bytes / f,
                                        result.sent().outOf().getOrDefault(name, 0L) / f)));
        return text.toString();
    }

    private static String ratios(Map<String, Double> values) {
        return String.join(
                ", ",
                values.entrySet().stream()
                        .map(e -> format("%s %.2f", e.getKey(), e.getValue()))
                        .toList());
    }

    /// Medians over the runs of each contestant.
    void summary() {
        out.println();
        out.printf(
                Locale.ROOT,
                "%-12s %6s %8s %8s %8s %8s %9s %9s %9s %9s%n",
                "median of",
                "runs",
                "first s",
                "median s",
                "last s",
                "/bound",
                "/T1",
                "origin/F",
                "super/F",
                "CPU s/GB");
        for (Contestant.Kind kind : Contestant.Kind.values()) {
            List<Result> swarm = of(kind, false);
            if (!swarm.isEmpty()) {
                summary(kind, swarm, of(kind, true));
            }
        }
        out.println("files: " + directory);
    }

    private void summary(Contestant.Kind kind, List<Result> swarm, List<Result> single) {
        double last = median(swarm.stream().mapToDouble(Result::last).toArray());
        double alone = median(single.stream().mapToDouble(Result::last).toArray());
        double f = swarm.getFirst().bytes();
        double delivered = f * swarm.getFirst().peers().size() / 1e9;
        out.printf(
                Locale.ROOT,
                "%-12s %6s %8.2f %8.2f %8.2f %8.3f %9s %9.3f %9.3f %9.2f%n",
                kind.title(),
                swarm.stream().filter(Result::complete).count() + "/" + swarm.size(),
                median(swarm.stream().mapToDouble(Result::first).toArray()),
                median(swarm.stream().mapToDouble(Result::median).toArray()),
                last,
                last / swarm.getFirst().bound(),
                single.isEmpty() ? "-" : format("%.3f", last / alone),
                median(swarm.stream().mapToDouble(r -> r.sent().origin() / f).toArray()),
                median(swarm.stream().mapToDouble(r -> r.sent().supernode() / f).toArray()),
                median(swarm.stream().mapToDouble(Report::cpu).toArray()) / delivered);
        if (!single.isEmpty()) {
            out.println(format("%-12s alone: T1 = %.2f s", "", alone));
        }
    }

    boolean allComplete() {
        return results.stream().allMatch(Result::complete);
    }

    private static double cpu(Result result) {
        return result.meter().cpu().values().stream().mapToDouble(Double::doubleValue).sum();
    }

    private List<Result> of(Contestant.Kind kind, boolean single) {
        return results.stream()
                .filter(r -> r.contestant().equals(kind.title()) && r.single() == single)
                .toList();
    }

    private static double median(double[] values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
