// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Holds the repository's files to the style rules of CONTRIBUTING.md.
class TidyTest {
    private static final String ALLOWED_CALLS = "tidy/allowed-calls.txt";
    private static final Repository REPOSITORY = Repository.enclosing(Path.of(""));
    private static final List<String> FILES = REPOSITORY.files();
    private static final List<JavaSource> JAVA = parsed();

    private static final Pattern TEXT =
            Pattern.compile(
                    ".*\\.(java|xml|md|sh|ya?ml|toml|properties|txt|conf|service)|fmt|.*/run");

    @Test
    void everyJavaFileNamesItsLicence() {
        assertThat(java(source -> TextRules.withoutLicence(source.path(), source.text())))
                .isEmpty();
    }

    @Test
    void filesMethodsAndLinesAreShort() {
        assertThat(java(ShapeRules::tooLong)).isEmpty();
    }

    @Test
    void typesHaveTellingNames() {
        assertThat(java(ShapeRules::emptyNames)).isEmpty();
    }

    @Test
    void everyMainPackageIsNullMarked() {
        assertThat(TextRules.withoutNullMarked(REPOSITORY)).isEmpty();
    }

    @Test
    void bannedCallsAreMadeOnlyWhereTheyAreAllowed() {
        AllowedCalls allowed = AllowedCalls.parse(REPOSITORY.text(ALLOWED_CALLS));
        assertThat(
                        JAVA.stream()
                                .flatMap(source -> CallRules.violations(source).stream())
                                .filter(violation -> !allowed.allows(violation)))
                .as("banned calls; exceptions, with a reason, go to " + ALLOWED_CALLS)
                .isEmpty();
        assertThat(allowed.unused()).as("entries of " + ALLOWED_CALLS + " to remove").isEmpty();
    }

    @Test
    void nothingIsPromisedWithoutAnIssue() {
        assertThat(texts(TEXT, TextRules::promises)).isEmpty();
    }

    @Test
    void linksInMarkdownLeadSomewhere() {
        assertThat(
                        texts(
                                Pattern.compile(".*\\.md"),
                                (file, text) -> TextRules.deadLinks(REPOSITORY, file, text)))
                .isEmpty();
    }

    @Test
    void noFileIsBig() {
        assertThat(
                        FILES.stream()
                                .flatMap(file ->
                                        TextRules.tooBig(file, REPOSITORY.size(file)).stream()))
                .isEmpty();
    }

    @Test
    void thereIsAChangelog() {
        assertThat(FILES).contains("CHANGELOG.md");
    }

    private static List<JavaSource> parsed() {
        Map<String, String> texts = new LinkedHashMap<>();
        FILES.stream()
                .filter(file -> file.endsWith(".java"))
                .forEach(file -> texts.put(file, REPOSITORY.text(file)));
        List<JavaSource> sources = JavaSource.parse(texts);
        assertThat(sources).as("parsed Java files").hasSameSizeAs(texts.keySet()).isNotEmpty();
        return sources;
    }

    private static List<String> java(Function<JavaSource, List<String>> rule) {
        return JAVA.stream().flatMap(source -> rule.apply(source).stream()).toList();
    }

    private static List<String> texts(
            Pattern names, BiFunction<String, String, List<String>> rule) {
        return FILES.stream()
                .filter(file -> names.matcher(file).matches())
                .flatMap(file -> rule.apply(file, REPOSITORY.text(file)).stream())
                .toList();
    }
}
