// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/// The pages of `docs/reference` that follow from the code. Tests compare them with the files, and
/// write the files when the system property `docs.update` is set.
public final class ReferencePage {
    private static final String GENERATED =
            """
            <!-- Generated from the code. To write it anew:
                 mvn test -Dtest=DocsTest -Dsurefire.failIfNoSpecifiedTests=false
                     -Ddocs.update=true -->

            """;

    private ReferencePage() {}

    /// All options of a program.
    ///
    /// @param defaultConfig path of the file that is read when it exists
    public static String of(CommandLine commandLine, String defaultConfig) {
        CommandSpec spec = commandLine.getCommandSpec();
        String name = spec.name();
        String variable = name.toUpperCase(Locale.ROOT);
        StringBuilder page = new StringBuilder();
        page.append("# ").append(name).append("\n\n");
        page.append(GENERATED);
        for (String line : spec.usageMessage().description()) {
            page.append(line).append("\n");
        }
        page.append("\n```\n")
                .append(String.join("\n", spec.usageMessage().customSynopsis()))
                .append("\n```\n\n");
        page.append("Every option below can also stand in `")
                .append(defaultConfig)
                .append("` (or the file that `--config` names) under its long name, and in the\n")
                .append("environment as `")
                .append(variable)
                .append("_<NAME>`, upper case, `-` written `_`. A flag wins over the\n")
                .append(
                        "environment, the environment over the file. Items of a list are a YAML"
                                + " list")
                .append(", lines\nof the variable, or the repeated flag.\n");
        for (Map.Entry<String, List<OptionSpec>> group : GroupedHelp.groups(spec).entrySet()) {
            page.append("\n## ").append(group.getKey()).append("\n\n");
            page.append("| option | meaning | default |\n|---|---|---|\n");
            for (OptionSpec option : group.getValue()) {
                page.append(row(option));
            }
        }
        Map<String, String> formerNames =
                commandLine.getCommand() instanceof Renaming renaming
                        ? new TreeMap<>(renaming.formerNames())
                        : Map.of();
        appendIgnored(spec, formerNames, page);
        for (String line : spec.usageMessage().footer()) {
            page.append("\n").append(line);
        }
        return page.toString().stripTrailing() + "\n";
    }

    /// The table of exit codes.
    public static String exitCodes() {
        StringBuilder page = new StringBuilder();
        page.append("# Exit codes\n\n");
        page.append(GENERATED);
        page.append("The same for all programs. The word is what `--json` and the APIs say.\n\n");
        page.append("| exit | word | meaning |\n|--:|---|---|\n");
        for (ExitCode code : ExitCode.values()) {
            String word = code.word().isEmpty() ? "" : "`" + code.word() + "`";
            page.append("| ").append(code.number()).append(" | ").append(word);
            page.append(" | ").append(code.meaning()).append(" |\n");
        }
        return page.toString();
    }

    /// The page of the metrics with the section of one program made anew.
    ///
    /// @param page the text so far; what it says of other programs stays
    /// @param scrape what the program answers to `GET /metrics`
    public static String metrics(String page, String program, String scrape) {
        String begin = "<!-- " + program + ": generated from /metrics -->\n";
        String end = "<!-- end of " + program + " -->\n";
        int from = page.indexOf(begin);
        int to = page.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("the page has no place for " + program);
        }
        return page.substring(0, from + begin.length()) + metricRows(scrape) + page.substring(to);
    }

    private static String metricRows(String scrape) {
        StringBuilder rows = new StringBuilder("\n| metric | type | meaning |\n|---|---|---|\n");
        String help = "";
        for (String line : scrape.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                help = words[3];
            } else if (line.startsWith("# TYPE ")) {
                rows.append("| `").append(words[2]).append("` | ").append(words[3]);
                rows.append(" | ").append(help).append(" |\n");
            }
        }
        return rows.append('\n').toString();
    }

    private static String row(OptionSpec option) {
        StringJoiner names = new StringJoiner(", ");
        for (String name : option.names()) {
            names.add("`" + name + "`");
        }
        boolean flag = option.arity().max() == 0 || option.hideParamSyntax();
        String label = flag ? "" : " " + option.paramLabel();
        String given = option.defaultValue();
        return "| %s%s | %s | %s |\n"
                .formatted(
                        names,
                        label.replace("|", "\\|"),
                        String.join(" ", option.description()).replace("|", "\\|"),
                        given == null ? "" : "`" + given + "`");
    }

    private static void appendIgnored(
            CommandSpec spec, Map<String, String> formerNames, StringBuilder page) {
        StringBuilder rows = new StringBuilder();
        formerNames.forEach((former, now) ->
                rows.append("| `--%s` | is now called `--%s` | |\n".formatted(former, now)));
        for (OptionSpec option : spec.options()) {
            if (option.hidden()) {
                rows.append(row(option));
            }
        }
        if (!rows.isEmpty()) {
            page.append("\n## Accepted with a warning\n\n");
            page.append("| option | why | default |\n|---|---|---|\n").append(rows);
        }
    }
}
