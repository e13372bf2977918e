// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lists options under headings. An option's heading is its `descriptionKey`: picocli's own groups
/// would need a class each and lose default values.
final class GroupedHelp {
    private GroupedHelp() {}

    static String render(Help help) {
        StringBuilder text = new StringBuilder();
        groups(help.commandSpec())
                .forEach((heading, options) -> {
                    Help.Layout layout = help.createDefaultLayout();
                    layout.addOptions(options, help.createDefaultParamLabelRenderer());
                    text.append(System.lineSeparator())
                            .append(heading)
                            .append(':')
                            .append(System.lineSeparator())
                            .append(layout);
                });
        return text.toString();
    }

    /// In the order of declaration, the common options last.
    static Map<String, List<OptionSpec>> groups(CommandSpec spec) {
        Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
        List<OptionSpec> common = new ArrayList<>();
        for (OptionSpec option : spec.options()) {
            String heading = option.descriptionKey();
            if (option.hidden()) {
                continue;
            }
            if (heading == null || heading.equals(CommonOptions.HEADING)) {
                common.add(option);
            } else {
                groups.computeIfAbsent(heading, _ -> new ArrayList<>()).add(option);
            }
        }
        groups.put(CommonOptions.HEADING, common);
        return groups;
    }
}
