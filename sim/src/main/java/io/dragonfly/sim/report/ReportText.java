// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The report as Markdown, without a date or a machine: the same outcomes give the same text.
final class ReportText {
    private ReportText() {}

    /// @param about one line for each scenario that is known today
    static String write(
            List<Summary> rows,
            List<String> policies,
            Map<String, String> about,
            List<Pictures.Picture> pictures,
            String command) {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                # Simulated swarms

                Written by `%s`: change scenarios or policies, not this page. How to read
                it, and what the model leaves out, is in
                [benchmarks](../README.md#simulated-swarms).

                ## Last host / fluid bound

                1 is the best that can be. Of several seeds the one in the middle, in brackets the
                worst.

                """
                        .formatted(command));
        overview(text, rows, policies, about);
        for (Pictures.Picture picture : pictures) {
            text.append("\n![%s](%s)\n".formatted(picture.title(), picture.file()));
        }
        text.append(
                """

                ## Every scenario and policy

                Seconds until the last host and the one in the middle are complete; bytes out of
                origin and supernodes as a multiple of the contents; control bytes out of the
                supernodes per host as a share of the contents; for classes of hosts the slowest
                one / the bound of its own link, for thin links the bytes over it / the contents,
                each of the worst seed.

                """);
        details(text, rows);
        return text.toString();
    }

    private static void overview(
            StringBuilder text,
            List<Summary> rows,
            List<String> policies,
            Map<String, String> about) {
        Map<String, Map<String, Summary>> byScenario = new LinkedHashMap<>();
        for (Summary row : rows) {
            byScenario
                    .computeIfAbsent(row.scenario(), _ -> new LinkedHashMap<>())
                    .put(row.policy(), row);
        }
        text.append("| scenario | hosts | bound, s | ").append(String.join(" | ", policies));
        text.append(" | what |\n|---|--:|--:|").append("--:|".repeat(policies.size()));
        text.append("---|\n");
        byScenario.forEach((scenario, of) -> {
            Summary any = of.values().iterator().next();
            List<String> cells = new ArrayList<>();
            cells.add("`" + scenario + "`");
            cells.add(Integer.toString(any.peers()));
            cells.add(seconds(any.bound()));
            for (String policy : policies) {
                Summary row = of.get(policy);
                cells.add(row == null ? "-" : shown(row));
            }
            cells.add(about.getOrDefault(scenario, "no longer there"));
            text.append("| ").append(String.join(" | ", cells)).append(" |\n");
        });
    }

    private static String shown(Summary row) {
        String ratio = Double.isFinite(row.ratio()) ? ratio(row.ratio()) : "none";
        String worst = row.seeds() > 1 ? " (" + ratio(row.worst()) + ")" : "";
        return ratio + worst + (row.failures() > 0 ? ", " + row.failures() + " failed" : "");
    }

    private static void details(StringBuilder text, List<Summary> rows) {
        text.append(
                "| scenario | policy | seeds | last, s | median, s | origin | supernodes | control"
                        + " | classes | thin links | failed |\n");
        text.append("|---|---|--:|--:|--:|--:|--:|--:|---|---|---|\n");
        for (Summary row : rows) {
            List<String> cells =
                    List.of(
                            "`" + row.scenario() + "`",
                            row.policy(),
                            Integer.toString(row.seeds()),
                            seconds(row.last()),
                            seconds(row.median()),
                            number("%.2f", row.origin()),
                            number("%.2f", row.supernode()),
                            number("%.4f", 100 * row.control()) + " %",
                            ratios(row.classes()),
                            ratios(row.thin()),
                            counts(row.failed()));
            text.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }
    }

    private static String ratios(Map<String, Double> values) {
        List<String> words = new ArrayList<>();
        values.forEach((name, value) -> words.add(name + " " + ratio(value)));
        return String.join(", ", words);
    }

    private static String counts(Map<String, Integer> values) {
        List<String> words = new ArrayList<>();
        values.forEach((why, count) -> words.add(count + " " + why));
        return String.join(", ", words);
    }

    static String ratio(double value) {
        return number(value < 10 ? "%.3f" : "%.1f", value);
    }

    private static String seconds(double value) {
        return number(value < 100 ? "%.2f" : "%.1f", value);
    }

    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
    }
}
