// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// A row of the report: a scenario under a policy, over its seeds. Times and amounts are those of
/// the seed in the middle (the better one, of an even number), each for itself.
///
/// @param worst last host / bound of the worst seed
/// @param classes worst seed of each
/// @param thin worst seed of each
/// @param failed of all seeds together
record Summary(
        String scenario,
        String policy,
        int seeds,
        int peers,
        double last,
        double median,
        double bound,
        double ratio,
        double worst,
        double origin,
        double supernode,
        double control,
        Map<String, Double> classes,
        Map<String, Double> thin,
        Map<String, Integer> failed) {
    /// One for each scenario and policy, in the order in which they first occur.
    static List<Summary> of(List<Outcome> outcomes) {
        Map<List<String>, List<Outcome>> rows = new LinkedHashMap<>();
        for (Outcome outcome : outcomes) {
            rows.computeIfAbsent(outcome.key(), _ -> new ArrayList<>()).add(outcome);
        }
        return rows.values().stream().map(Summary::row).toList();
    }

    private static Summary row(List<Outcome> runs) {
        Outcome any = runs.getFirst();
        Map<String, Double> classes = new TreeMap<>();
        Map<String, Double> thin = new TreeMap<>();
        Map<String, Integer> failed = new TreeMap<>();
        for (Outcome run : runs) {
            run.classes().forEach((name, value) -> classes.merge(name, value, Math::max));
            run.thinCopies().forEach((name, value) -> thin.merge(name, value, Math::max));
            run.failed().forEach((why, count) -> failed.merge(why, count, Integer::sum));
        }
        double[] ratios = sorted(runs, Outcome::ratio);
        return new Summary(
                any.scenario(),
                any.policy(),
                runs.size(),
                any.peers(),
                middle(runs, Outcome::lastSeconds),
                middle(runs, Outcome::medianSeconds),
                middle(runs, Outcome::boundSeconds),
                ratios[(ratios.length - 1) / 2],
                ratios[ratios.length - 1],
                middle(runs, Outcome::originCopies),
                middle(runs, Outcome::seedCopies),
                middle(runs, Outcome::controlBytes),
                classes,
                thin,
                failed);
    }

    private static double middle(List<Outcome> runs, ToDoubleFunction<Outcome> figure) {
        double[] values = sorted(runs, figure);
        return values[(values.length - 1) / 2];
    }

    private static double[] sorted(List<Outcome> runs, ToDoubleFunction<Outcome> figure) {
        return runs.stream().mapToDouble(figure).sorted().toArray();
    }

    /// How many failed that the scenario does not let fail or leave, in all seeds together.
    int failures() {
        return failed.entrySet().stream()
                .filter(reason -> !expected(reason.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    private static boolean expected(String reason) {
        return reason.equals(Outcome.LEFT) || reason.endsWith(Outcome.MAY);
    }
}
