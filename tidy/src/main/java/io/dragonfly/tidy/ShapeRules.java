// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.TreeScanner;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Sizes and names of what a Java file declares. Every violation is `file:line: what is wrong`.
final class ShapeRules {
    static final int FILE_LINES = 400;
    static final int METHOD_LINES = 60;
    static final int LINE_COLUMNS = 100;

    private static final List<String> EMPTY_NAMES =
            List.of("Impl", "Helper", "Util", "Utils", "Manager");

    private ShapeRules() {}

    static List<String> tooLong(JavaSource source) {
        List<String> violations = new ArrayList<>();
        List<String> lines = source.text().lines().toList();
        if (lines.size() > FILE_LINES) {
            violations.add(
                    "%s: %d lines, at most %d: split it by what changes together"
                            .formatted(source.path(), lines.size(), FILE_LINES));
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            int columns = line.codePointCount(0, line.length());
            if (columns > LINE_COLUMNS && !line.startsWith("import ") && !line.contains("://")) {
                violations.add(
                        "%s:%d: %d columns, at most %d"
                                .formatted(source.path(), i + 1, columns, LINE_COLUMNS));
            }
        }
        new TreeScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
                int length = source.lastLine(method) - source.firstLine(method) + 1;
                if (length > METHOD_LINES) {
                    violations.add(
                            "%s%s has %d lines, at most %d (aim at 25)"
                                    .formatted(
                                            source.at(method),
                                            method.getName(),
                                            length,
                                            METHOD_LINES));
                }
                return super.visitMethod(method, null);
            }
        }.scan(source.unit(), null);
        return violations;
    }

    static List<String> emptyNames(JavaSource source) {
        List<String> violations = new ArrayList<>();
        new TreeScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
                String name = type.getSimpleName().toString();
                if (EMPTY_NAMES.stream().anyMatch(name::endsWith)) {
                    violations.add(
                            "%s%s says nothing: name what it is or does"
                                    .formatted(source.at(type), name));
                }
                return super.visitClass(type, null);
            }
        }.scan(source.unit(), null);
        return violations;
    }
}
