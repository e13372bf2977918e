// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// A manual page (roff, section 1) out of a picocli command: the same texts as `--help`.
final class ManPage {
    private static final ColorScheme PLAIN = Help.defaultColorScheme(Ansi.OFF);

    private final StringBuilder out = new StringBuilder();

    private ManPage() {}

    /// The page of a command with its subcommands.
    ///
    /// @param date of the page
    /// @param software name and version of what the command belongs to
    static String of(CommandLine command, Instant date, String software) {
        ManPage page = new ManPage();
        CommandSpec spec = command.getCommandSpec();
        String name = spec.name();
        page.line(
                ".TH %s 1 \"%s\" \"%s\" \"Dragonfly\""
                        .formatted(
                                name.toUpperCase(Locale.ROOT),
                                date.toString().substring(0, 10),
                                software));
        List<String> description = texts(spec.usageMessage().description());
        page.line(".SH NAME");
        page.line(escaped(name) + " \\- " + escaped(summary(description)));
        page.line(".SH SYNOPSIS");
        page.synopsis(spec);
        page.line(".SH DESCRIPTION");
        page.paragraphs(description);
        page.arguments(spec, ".SH OPTIONS", ".SH ARGUMENTS");
        page.subcommands(spec);
        page.exitCodes(spec);
        page.footer(spec);
        return page.out.toString();
    }

    private void subcommands(CommandSpec parent) {
        List<CommandSpec> visible =
                parent.subcommands().values().stream()
                        .map(CommandLine::getCommandSpec)
                        .filter(spec -> !spec.usageMessage().hidden())
                        .distinct()
                        .toList();
        if (visible.isEmpty()) {
            return;
        }
        line(".SH COMMANDS");
        for (CommandSpec spec : visible) {
            line(".SS " + escaped(spec.name()));
            synopsis(spec);
            paragraphs(texts(spec.usageMessage().description()));
            arguments(spec, "", "");
            paragraphs(texts(spec.usageMessage().footer()));
        }
    }

    private void synopsis(CommandSpec spec) {
        String synopsis = new Help(spec, PLAIN).synopsis(0);
        line(".nf");
        synopsis.lines().map(ManPage::escaped).forEach(this::line);
        line(".fi");
        line(".PP");
    }

    /// Options without a group first, then the groups under their headings, as in the help.
    private void arguments(CommandSpec spec, String optionsTitle, String parametersTitle) {
        Help help = new Help(spec, PLAIN);
        List<ArgGroupSpec> groups = spec.argGroups();
        List<OptionSpec> free =
                spec.options().stream().filter(option -> option.group() == null).toList();
        if (!spec.options().isEmpty() && !optionsTitle.isEmpty()) {
            line(optionsTitle);
        }
        options(help, free);
        for (ArgGroupSpec group : groups) {
            String heading = plain(Objects.requireNonNullElse(group.heading(), "")).strip();
            if (!heading.isEmpty()) {
                line(".SS " + escaped(heading.replaceFirst(":$", "")));
            }
            options(help, group.allOptionsNested());
        }
        List<PositionalParamSpec> parameters =
                spec.positionalParameters().stream().filter(p -> !p.hidden()).toList();
        if (!parameters.isEmpty() && !parametersTitle.isEmpty()) {
            line(parametersTitle);
        }
        for (PositionalParamSpec parameter : parameters) {
            Text[][] rows =
                    help.createDefaultParameterRenderer()
                            .render(parameter, help.parameterLabelRenderer(), PLAIN);
            item(italic(parameter.paramLabel()), rows);
        }
    }

    private void options(Help help, List<OptionSpec> options) {
        for (OptionSpec option : options.stream().filter(o -> !o.hidden()).toList()) {
            String names =
                    Arrays.stream(option.names())
                            .map(name -> "\\fB" + escaped(name) + "\\fR")
                            .collect(Collectors.joining(", "));
            Text label =
                    help.parameterLabelRenderer().renderParameterLabel(option, Ansi.OFF, List.of());
            Text[][] rows =
                    help.createDefaultOptionRenderer()
                            .render(option, help.parameterLabelRenderer(), PLAIN);
            item(names + italic(label.toString()), rows);
        }
    }

    /// The description is the last column of the rows that picocli prints.
    private void item(String title, Text[][] rows) {
        line(".TP");
        line(title);
        Arrays.stream(rows)
                .map(row -> row[row.length - 1].toString().strip())
                .filter(text -> !text.isEmpty())
                .map(ManPage::escaped)
                .forEach(this::line);
    }

    private void exitCodes(CommandSpec spec) {
        Map<String, String> codes = spec.usageMessage().exitCodeList();
        if (codes.isEmpty()) {
            return;
        }
        line(".SH EXIT STATUS");
        codes.forEach((code, meaning) -> {
            line(".TP");
            line(escaped(code.strip()));
            line(escaped(plain(meaning)));
        });
    }

    /// Lines of the footer that end in a colon and are not indented are titles.
    private void footer(CommandSpec spec) {
        boolean open = false;
        for (String text : texts(spec.usageMessage().footer())) {
            for (String row : text.lines().toList()) {
                boolean title = row.endsWith(":") && !row.startsWith(" ");
                if (title || !open) {
                    if (open) {
                        line(".fi");
                    }
                    String words = title ? row.substring(0, row.length() - 1) : "Notes";
                    line(".SH " + escaped(words.toUpperCase(Locale.ROOT)));
                    line(".nf");
                    open = true;
                }
                if (!title) {
                    line(escaped(row));
                }
            }
        }
        if (open) {
            line(".fi");
        }
    }

    private void paragraphs(List<String> texts) {
        for (String text : texts) {
            if (text.isBlank()) {
                line(".PP");
            } else {
                text.lines().map(String::strip).map(ManPage::escaped).forEach(this::line);
            }
        }
    }

    private void line(String line) {
        out.append(line).append('\n');
    }

    private static String summary(List<String> description) {
        String first = description.isEmpty() ? "" : description.getFirst().strip();
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    private static List<String> texts(String[] texts) {
        List<String> plain = new ArrayList<>();
        Arrays.stream(texts).map(ManPage::plain).forEach(plain::add);
        return plain;
    }

    /// Without picocli's markup and format codes.
    private static String plain(String text) {
        return PLAIN.text(text.formatted()).toString();
    }

    /// The label of an option starts with `=` or a space, that of a parameter with neither.
    private static String italic(String label) {
        String start = label.startsWith("=") || label.startsWith(" ") ? label.substring(0, 1) : "";
        String text = label.substring(start.length()).strip();
        return text.isEmpty() ? "" : start + "\\fI" + escaped(text) + "\\fR";
    }

    private static String escaped(String text) {
        String safe = text.replace("\\", "\\e").replace("-", "\\-");
        return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
    }
}
