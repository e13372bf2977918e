// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What became different between a report and runs of today, for people.
final class Changes {
    private Changes() {}

    /// Which run an outcome is of.
    private record Key(String scenario, String policy, long seed) {
        static Key of(Outcome outcome) {
            return new Key(outcome.scenario(), outcome.policy(), outcome.seed());
        }
    }

    /// A line for each figure that is not what it was, and one with the command that runs it again.
    /// Runs that only the report has are not looked at.
    ///
    /// @param replay the command line to put options behind
    static List<String> between(List<Outcome> before, List<Outcome> now, String replay) {
        Map<Key, Outcome> known = new LinkedHashMap<>();
        before.forEach(outcome -> known.put(Key.of(outcome), outcome));
        List<String> lines = new ArrayList<>();
        for (Outcome outcome : now) {
            List<String> found = compare(known.get(Key.of(outcome)), outcome);
            if (!found.isEmpty()) {
                lines.add(
                        "%s, policy %s, seed %d:"
                                .formatted(outcome.scenario(), outcome.policy(), outcome.seed()));
                lines.addAll(found);
                lines.add(
                        "  again: %s %s --policy %s --seed %d"
                                .formatted(
                                        replay,
                                        outcome.scenario(),
                                        outcome.policy(),
                                        outcome.seed()));
            }
        }
        return lines;
    }

    private static List<String> compare(@Nullable Outcome before, Outcome now) {
        if (before == null) {
            return List.of("  is not in the report");
        }
        Map<String, String> was = OutcomeFile.fields(before);
        List<String> lines = new ArrayList<>();
        OutcomeFile.fields(now)
                .forEach((field, value) -> {
                    if (!value.equals(was.get(field))) {
                        lines.add(
                                "  %s: was %s, is %s"
                                        .formatted(field, shown(was.get(field)), shown(value)));
                    }
                });
        return lines;
    }

    private static String shown(@Nullable String value) {
        return value == null || value.isEmpty() ? "nothing" : value;
    }

    /// The report's outcomes with those of today in place of theirs, new ones behind the last of
    /// the same scenario.
    static List<Outcome> merge(List<Outcome> before, List<Outcome> now) {
        Map<Key, Outcome> merged = new LinkedHashMap<>();
        before.forEach(outcome -> merged.put(Key.of(outcome), outcome));
        now.forEach(outcome -> merged.put(Key.of(outcome), outcome));
        return List.copyOf(merged.values());
    }
}
