// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.time.Instant;
import java.util.List;
import java.util.Map;

class ManPageTest {
    private static final Instant DATE = Instant.parse("2026-11-20T00:00:00Z");

    @Test
    void thePageHasTheTextsOfTheHelp() {
        assertThat(page(command()))
                .containsSubsequence(
                        ".TH GET 1 \"2026-11-20\" \"dragonfly 1.0\" \"Dragonfly\"",
                        ".SH NAME",
                        "get \\- Fetches a file",
                        ".SH SYNOPSIS",
                        ".SH DESCRIPTION",
                        "Fetches a file.",
                        ".SH OPTIONS",
                        ".TP",
                        "\\fB\\-O\\fR, \\fB\\-\\-output\\fR=\\fIFILE\\fR",
                        "Where to write (default: out).",
                        ".SH ARGUMENTS",
                        "\\fIURL\\fR",
                        "What to fetch.",
                        ".SH EXIT STATUS",
                        "0",
                        "Done",
                        ".SH EXAMPLES",
                        ".nf",
                        "  get http://a/b \\-O c",
                        ".fi");
    }

    @Test
    void hiddenOptionsStayHidden() {
        assertThat(String.join("\n", page(command()))).doesNotContain("secret");
    }

    @Test
    void groupsKeepTheirHeadings() {
        CommandSpec command = command();
        command.addArgGroup(
                ArgGroupSpec.builder()
                        .heading("How to ask:%n")
                        .validate(false)
                        .addArg(OptionSpec.builder("--header").description("A header.").build())
                        .build());
        assertThat(page(command))
                .containsSubsequence(
                        ".SH OPTIONS",
                        "\\fB\\-O\\fR, \\fB\\-\\-output\\fR=\\fIFILE\\fR",
                        ".SS How to ask",
                        "\\fB\\-\\-header\\fR",
                        "A header.",
                        ".SH ARGUMENTS");
    }

    @Test
    void subcommandsHaveTheirOwnSection() {
        CommandSpec sub = CommandSpec.create().name("list");
        sub.usageMessage().description("Lists tasks.");
        sub.addOption(OptionSpec.builder("--all").description("Finished ones too.").build());
        CommandSpec command = command();
        command.addSubcommand("list", sub);
        assertThat(page(command))
                .containsSubsequence(
                        ".SH COMMANDS", ".SS list", "Lists tasks.", "\\fB\\-\\-all\\fR");
    }

    @Test
    void aLineThatLooksLikeARequestIsText() {
        CommandSpec command = command();
        command.usageMessage().description("Reads.", ".config and a\\b");
        assertThat(page(command)).contains("\\&.config and a\\eb");
    }

    private static List<String> page(CommandSpec spec) {
        return ManPage.of(new CommandLine(spec), DATE, "dragonfly 1.0").lines().toList();
    }

    private static CommandSpec command() {
        CommandSpec spec = CommandSpec.create().name("get");
        spec.usageMessage()
                .description("Fetches a file.")
                .exitCodeListHeading("Exit codes")
                .footer("Examples:", "  get http://a/b -O c");
        spec.usageMessage().exitCodeList(Map.of("0", "Done"));
        spec.addOption(
                OptionSpec.builder("-O", "--output")
                        .paramLabel("FILE")
                        .type(String.class)
                        .defaultValue("out")
                        .description("Where to write (default: ${DEFAULT-VALUE}).")
                        .build());
        spec.addOption(OptionSpec.builder("--secret").hidden(true).build());
        spec.addPositional(
                PositionalParamSpec.builder()
                        .paramLabel("URL")
                        .description("What to fetch.")
                        .build());
        return spec;
    }
}
