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

    private Formatting() {}

    /// The formatted text of a Java file.
    ///
    /// @throws IllegalArgumentException with file, line and reason when it is not valid Java
    static String format(String file, String text) {
        try {
            return FORMATTER.formatSourceAndFixImports(text);
        } catch (FormatterException e) {
            throw new IllegalArgumentException(file + ":" + e.getMessage(), e);
        }
    }
}
