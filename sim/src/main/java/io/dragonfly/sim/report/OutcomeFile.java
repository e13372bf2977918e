// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Outcomes as text: a line each, fields with commas between, maps as `name=value;name=value`. The
/// same outcomes give the same text on every machine.
final class OutcomeFile {
    /// The fields of a line, in order.
    static final List<String> FIELDS =
            List.of(
                    "scenario",
                    "policy",
                    "seed",
                    "peers",
                    "last",
                    "median",
                    "bound",
                    "classes",
                    "origin",
                    "supernode",
                    "thin",
                    "control",
                    "failed",
                    "events",
                    "hash");

    private OutcomeFile() {}

    static String format(List<Outcome> outcomes) {
        StringBuilder text = new StringBuilder(String.join(",", FIELDS)).append('\n');
        for (Outcome outcome : outcomes) {
            text.append(String.join(",", fields(outcome).values())).append('\n');
        }
        return text.toString();
    }

    /// An outcome's fields as they stand in the file, in order.
    static Map<String, String> fields(Outcome o) {
        List<String> values =
                List.of(
                        name(o.scenario()),
                        name(o.policy()),
                        Long.toString(o.seed()),
                        Integer.toString(o.peers()),
                        number(o.lastSeconds(), 3),
                        number(o.medianSeconds(), 3),
                        number(o.boundSeconds(), 3),
                        ratios(o.classes()),
                        number(o.originCopies(), 4),
                        number(o.seedCopies(), 4),
                        ratios(o.thinCopies()),
                        number(o.controlBytes(), 8),
                        counts(o.failed()),
                        Long.toString(o.events()),
                        String.format(Locale.ROOT, "%016x", o.hash()));
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            fields.put(FIELDS.get(i), values.get(i));
        }
        return fields;
    }

    /// @throws IllegalArgumentException with the line's number, where one is not an outcome
    static List<Outcome> parse(String text) {
        List<Outcome> outcomes = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String[] fields = lines.get(i).split(",", -1);
            if (i == 0 && List.of(fields).equals(FIELDS)) {
                continue;
            }
            if (i == 0 || fields.length != FIELDS.size()) {
                throw new IllegalArgumentException(
                        "line %d: expected %d fields: %s"
                                .formatted(i + 1, FIELDS.size(), String.join(",", FIELDS)));
            }
            try {
                outcomes.add(outcome(fields));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "line %d: %s".formatted(i + 1, e.getMessage()), e);
            }
        }
        return outcomes;
    }

    private static Outcome outcome(String[] f) {
        Map<String, Integer> failed = new TreeMap<>();
        pairs(f[12]).forEach((why, count) -> failed.put(why, Integer.valueOf(count)));
        return new Outcome(
                f[0],
                f[1],
                Long.parseLong(f[2]),
                Integer.parseInt(f[3]),
                Double.parseDouble(f[4]),
                Double.parseDouble(f[5]),
                Double.parseDouble(f[6]),
                numbers(f[7]),
                Double.parseDouble(f[8]),
                Double.parseDouble(f[9]),
                numbers(f[10]),
                Double.parseDouble(f[11]),
                failed,
                Long.parseLong(f[13]),
                Long.parseUnsignedLong(f[14], 16));
    }

    private static Map<String, Double> numbers(String field) {
        Map<String, Double> numbers = new TreeMap<>();
        pairs(field).forEach((name, value) -> numbers.put(name, Double.valueOf(value)));
        return numbers;
    }

    private static Map<String, String> pairs(String field) {
        Map<String, String> pairs = new TreeMap<>();
        for (String pair : field.isEmpty() ? new String[0] : field.split(";", -1)) {
            int at = pair.lastIndexOf('=');
            if (at < 1) {
                throw new IllegalArgumentException("expected name=value: " + pair);
            }
            pairs.put(pair.substring(0, at), pair.substring(at + 1));
        }
        return pairs;
    }

    private static String ratios(Map<String, Double> values) {
        List<String> pairs = new ArrayList<>();
        new TreeMap<>(values).forEach((name, v) -> pairs.add(name(name) + "=" + number(v, 3)));
        return String.join(";", pairs);
    }

    private static String counts(Map<String, Integer> values) {
        List<String> pairs = new ArrayList<>();
        new TreeMap<>(values).forEach((why, count) -> pairs.add(name(why) + "=" + count));
        return String.join(";", pairs);
    }

    /// Names of people: without what separates fields.
    private static String name(String text) {
        return text.replaceAll("[,;=\\s]+", " ").strip();
    }

    private static String number(double value, int decimals) {
        return Double.isFinite(value)
                ? String.format(Locale.ROOT, "%." + decimals + "f", value)
                : Double.toString(value);
    }
}
