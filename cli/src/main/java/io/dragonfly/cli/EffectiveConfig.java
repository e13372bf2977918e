// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;

/// Prints what `--check-config` shows: every option with its value, as a YAML file that gives the
/// same configuration. Secrets are masked.
public final class EffectiveConfig {
    private EffectiveConfig() {}

    /// @param secretKeys options whose values nobody may see
    public static void print(CommandSpec spec, Set<String> secretKeys, PrintWriter out) {
        out.println("# " + spec.name() + " " + VersionText.version());
        for (OptionSpec option : spec.options()) {
            String key = Settings.key(option);
            if (key == null || option.hidden()) {
                continue;
            }
            Object value = option.getValue();
            if (value == null || (value instanceof Collection<?> list && list.isEmpty())) {
                out.println("# " + key + ":");
            } else if (secretKeys.contains(key)) {
                out.println(key + ": '***'");
            } else if (value instanceof Collection<?> list) {
                out.println(key + ":");
                for (Object item : list) {
                    out.println("  - " + scalar(item));
                }
            } else {
                out.println(key + ": " + scalar(value));
            }
        }
        out.flush();
    }

    static String scalar(@Nullable Object value) {
        if (value instanceof Duration duration) {
            return DurationConverter.text(duration);
        }
        if (value instanceof Boolean || value instanceof Number) {
            return value.toString();
        }
        String text = String.valueOf(value);
        return isPlain(text) ? text : "'" + text.replace("'", "''") + "'";
    }

    /// Whether the text means itself in YAML without quotes; careful rather than complete.
    private static boolean isPlain(String text) {
        boolean plain = !text.isEmpty() && !text.equals("null") && !text.equals("~");
        for (int i = 0; i < text.length() && plain; i++) {
            char c = text.charAt(i);
            plain = Character.isLetterOrDigit(c) || "/._+=%@".indexOf(c) >= 0;
        }
        return plain && "@%=".indexOf(text.charAt(0)) < 0;
    }
}
