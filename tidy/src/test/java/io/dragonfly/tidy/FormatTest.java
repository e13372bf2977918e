// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;

class FormatTest {
    private final Repository repository = Repository.enclosing(Path.of(""));

    @Test
    void everyJavaFileIsFormatted() {
        List<String> unformatted =
                repository.files(".java").stream()
                        .filter(file -> {
                            String text = repository.text(file);
                            return !Formatting.format(file, text).equals(text);
                        })
                        .toList();
        assertThat(unformatted)
                .as("files that are not formatted; run ./fmt in the repository's root")
                .isEmpty();
    }

    @Test
    void markdownJavadocStaysAsItWasWritten() {
        String text =
                """
                package a;

                import java.util.List;
                import java.util.Map;
                import java.util.Set;

                /// A *title*, a [List] and code with `a   b`:
                ///
                ///     indented   code
                ///       more
                ///
                /// * one
                ///   * nested [the map][Map]
                ///     continued
                /// * two
                ///
                /// ```java
                /// int  x   = 1;   // http://example.com/a/line/of/code/that/is/too/long/for/the/columns/we/have
                ///
                ///     if (x)  {}
                /// ```
                ///
                /// | a   | b |
                /// |-----|---|
                /// | 1   | 2 |
                ///
                /// > quote, {@link Set}
                ///
                /// ## Heading
                ///
                /// @param x the first
                public record A(int x) {}
                """;
        assertThat(Formatting.format("A.java", text)).isEqualTo(text);
    }

    @Test
    void whatIsNotJavaIsRefusedWithFileAndLine() {
        assertThatThrownBy(() -> Formatting.format("a/A.java", "class A {\n  int;\n}\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a/A.java:2:");
    }
}
