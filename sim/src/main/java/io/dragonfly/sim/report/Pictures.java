// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// The charts of a report, by file name: lines by the number of hosts for each family of scenarios,
/// bars for the others.
record Pictures(List<Summary> rows, List<String> policies, List<String> families) {
    /// What SVG file shows what, in words.
    record Picture(String file, String title, String drawing) {}

    List<Picture> draw() {
        List<Picture> pictures = new ArrayList<>();
        List<Summary> single = new ArrayList<>(rows);
        for (String family : families) {
            List<Summary> members =
                    rows.stream().filter(row -> belongs(row.scenario(), family)).toList();
            single.removeAll(members);
            if (members.stream().mapToInt(Summary::peers).distinct().count() > 1) {
                pictures.add(ratios(family, members));
                pictures.add(times(family, members));
            }
        }
        if (!single.isEmpty()) {
            pictures.add(bars(single));
        }
        return pictures;
    }

    private static boolean belongs(String scenario, String family) {
        return scenario.startsWith(family + "-")
                && scenario.substring(family.length() + 1).chars().allMatch(Character::isDigit);
    }

    private Picture ratios(String family, List<Summary> members) {
        List<LineChart.Series> lines = new ArrayList<>();
        for (String policy : policies) {
            lines.add(
                    new LineChart.Series(
                            policy,
                            policies.indexOf(policy),
                            false,
                            points(members, policy, Summary::ratio)));
        }
        String title = family + ": last host / fluid bound, by hosts";
        LineChart chart = new LineChart(title, "hosts", "last host / fluid bound", true, lines);
        return new Picture(family + "-ratio.svg", title, chart.draw());
    }

    private Picture times(String family, List<Summary> members) {
        List<LineChart.Series> lines = new ArrayList<>();
        for (String policy : policies) {
            int colour = policies.indexOf(policy);
            lines.add(
                    new LineChart.Series(
                            policy + ", last",
                            colour,
                            false,
                            points(members, policy, Summary::last)));
            lines.add(
                    new LineChart.Series(
                            policy + ", median",
                            colour,
                            true,
                            points(members, policy, Summary::median)));
        }
        TreeMap<Integer, Double> bounds = new TreeMap<>();
        members.forEach(row -> bounds.put(row.peers(), row.bound()));
        List<double[]> bound = new ArrayList<>();
        bounds.forEach((peers, seconds) -> bound.add(new double[] {peers, seconds}));
        lines.add(new LineChart.Series("fluid bound", policies.size(), true, bound));
        String title = family + ": seconds until the last and the median host are complete";
        LineChart chart = new LineChart(title, "hosts", "seconds", false, lines);
        return new Picture(family + "-time.svg", title, chart.draw());
    }

    private static List<double[]> points(
            List<Summary> members, String policy, ToDoubleFunction<Summary> figure) {
        return members.stream()
                .filter(row -> row.policy().equals(policy))
                .filter(row -> Double.isFinite(figure.applyAsDouble(row)))
                .sorted(Comparator.comparingInt(Summary::peers))
                .map(row -> new double[] {row.peers(), figure.applyAsDouble(row)})
                .toList();
    }

    private Picture bars(List<Summary> single) {
        Map<String, Map<String, Summary>> byScenario = new LinkedHashMap<>();
        for (Summary row : single) {
            byScenario
                    .computeIfAbsent(row.scenario(), _ -> new LinkedHashMap<>())
                    .put(row.policy(), row);
        }
        List<BarChart.Row> bars = new ArrayList<>();
        byScenario.forEach((scenario, of) ->
                bars.add(
                        new BarChart.Row(
                                scenario, policies.stream().map(p -> bar(of.get(p))).toList())));
        String title = "Last host / fluid bound, by scenario";
        BarChart chart = new BarChart(title, "last host / fluid bound", policies, bars);
        return new Picture("scenarios.svg", title, chart.draw());
    }

    private static BarChart.Bar bar(@Nullable Summary row) {
        if (row == null) {
            return new BarChart.Bar(Double.NaN, "not run");
        }
        String failed = row.failures() == 0 ? "" : " (" + row.failures() + " failed)";
        return Double.isFinite(row.ratio())
                ? new BarChart.Bar(row.ratio(), ReportText.ratio(row.ratio()) + failed)
                : new BarChart.Bar(Double.NaN, failed.strip());
    }
}
