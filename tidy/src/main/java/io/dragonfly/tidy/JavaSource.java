// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// A Java file as text and as syntax tree. Names are not resolved: the rules must work on a tree
/// that does not compile yet, and on tests.
record JavaSource(String path, String text, CompilationUnitTree unit, SourcePositions positions) {
    /// Parses files; a file that is not valid Java is left to the compiler to complain about.
    ///
    /// @param texts the text of each file by its path
    static List<JavaSource> parse(Map<String, String> texts) {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        if (javac == null) {
            throw new IllegalStateException("this Java has no compiler: a JDK is needed");
        }
        Map<String, String> byUri =
                texts.keySet().stream()
                        .collect(Collectors.toMap(path -> uri(path).toString(), path -> path));
        List<JavaFileObject> files = new ArrayList<>();
        texts.forEach((path, text) -> files.add(new InMemory(path, text)));
        JavacTask task =
                (JavacTask) javac.getTask(null, null, problem -> {}, List.of(), null, files);
        List<JavaSource> sources = new ArrayList<>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                String path = byUri.get(unit.getSourceFile().toUri().toString());
                if (path != null) {
                    String text = texts.getOrDefault(path, "");
                    sources.add(
                            new JavaSource(
                                    path, text, unit, Trees.instance(task).getSourcePositions()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }

    int firstLine(Tree tree) {
        return line(positions.getStartPosition(unit, tree));
    }

    int lastLine(Tree tree) {
        return line(positions.getEndPosition(unit, tree));
    }

    String at(Tree tree) {
        return path + ":" + firstLine(tree) + ": ";
    }

    boolean isTest() {
        return path.contains("src/test/");
    }

    boolean isMain() {
        return path.contains("src/main/");
    }

    private int line(long position) {
        // Generated parts of a tree have no position.
        return position < 0 ? 0 : Math.toIntExact(unit.getLineMap().getLineNumber(position));
    }

    private static URI uri(String path) {
        return URI.create("mem:///" + path.replace(' ', '_'));
    }

    private static final class InMemory extends SimpleJavaFileObject {
        private final String text;

        InMemory(String path, String text) {
            super(uri(path), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
