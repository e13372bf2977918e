// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;

/// google-java-format with 4 spaces and 100 columns; unused imports go, the others are sorted.
///
/// Needs javac's internals exported to the unnamed module (`javac.exports` in the pom).
final class Formatting {
    private static final Formatter FORMATTER =
            new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());

    /// A formatted text may change once more when it is formatted again (google-java-format breaks
    /// a long string first and lays out what is around it with the next run).
    private static final int MAX_RUNS = 5;

    private Formatting() {}

    /// The formatted text of a Java file.
    ///
    /// @throws IllegalArgumentException with file, line and reason when it is not valid Java
    static String format(String file, String text) {
        try {
            String before = text;
            String after = FORMATTER.formatSourceAndFixImports(before);
            for (int run = 1; run < MAX_RUNS && !after.equals(before); run++) {
                before = after;
                after = FORMATTER.formatSourceAndFixImports(before);
            }
            return after;
        } catch (FormatterException e) {
            throw new IllegalArgumentException(file + ":" + e.getMessage(), e);
        }
    }
}
