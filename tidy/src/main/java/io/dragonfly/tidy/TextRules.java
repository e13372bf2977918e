// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Rules that need only a file's text or name. Every violation is `file: what is wrong`.
final class TextRules {
    static final long FILE_BYTES = 200_000;

    private static final String SPDX = "// SPDX-License-Identifier: Apache-2.0";

    private static final Pattern LATER =
            Pattern.compile("\\b(?:TO(?:DO)|FIX(?:ME)|XX(?:X))\\b(?!\\(#\\d+\\))");
    private static final Pattern FENCED =
            Pattern.compile("^ *(```|~~~).*?^ *\\1", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern INLINE_CODE = Pattern.compile("`[^`\n]*`");
    private static final Pattern LINK =
            Pattern.compile("\\[[^\\]]*\\]\\(<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\)");
    private static final Pattern NOT_A_FILE = Pattern.compile("^(?:[a-z][a-z0-9+.-]*:|#).*");

    private TextRules() {}

    static List<String> withoutLicence(String file, String text) {
        return text.startsWith(SPDX + "\n")
                ? List.of()
                : List.of(file + ": the first line must be " + SPDX);
    }

    static List<String> promises(String file, String text) {
        List<String> violations = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            Matcher later = LATER.matcher(lines.get(i));
            if (later.find()) {
                violations.add(
                        "%s:%d: %s without an issue: do it now, or write %s(#number)"
                                .formatted(file, i + 1, later.group(), later.group()));
            }
        }
        return violations;
    }

    static List<String> tooBig(String file, long bytes) {
        return bytes <= FILE_BYTES
                ? List.of()
                : List.of("%s: %d bytes, at most %d".formatted(file, bytes, FILE_BYTES));
    }

    /// Links of a Markdown file whose target is not there.
    static List<String> deadLinks(Repository repository, String file, String text) {
        String prose = INLINE_CODE.matcher(FENCED.matcher(text).replaceAll("")).replaceAll("");
        Matcher link = LINK.matcher(prose);
        List<String> violations = new ArrayList<>();
        while (link.find()) {
            String target = link.group(1);
            if (NOT_A_FILE.matcher(target).matches()) {
                continue;
            }
            String path = target.replaceFirst("#.*", "");
            Path base = path.startsWith("/") ? Path.of("") : Path.of(file).resolveSibling("");
            String resolved = base.resolve(path.replaceFirst("^/+", "")).normalize().toString();
            if (!repository.exists(resolved)) {
                violations.add("%s: the link to %s leads nowhere".formatted(file, target));
            }
        }
        return violations;
    }

    /// Packages of `src/main` that null checking leaves out.
    static List<String> withoutNullMarked(Repository repository) {
        Set<String> packages = new TreeSet<>();
        repository.files(".java").stream()
                .filter(file -> file.contains("src/main/java/"))
                .forEach(file -> packages.add(file.substring(0, file.lastIndexOf('/') + 1)));
        Stream<String> missing =
                packages.stream()
                        .map(dir -> dir + "package-info.java")
                        .filter(info ->
                                !repository.exists(info)
                                        || !repository.text(info).contains("@NullMarked"));
        return missing.map(info -> info + ": missing, or without @NullMarked").toList();
    }
}
