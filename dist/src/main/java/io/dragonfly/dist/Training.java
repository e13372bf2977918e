// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import picocli.CommandLine;

import java.util.ArrayList;
import java.util.List;

/// Runs several command lines of one program in one JVM, so that one ahead-of-time cache knows the
/// classes of all. Shipped in a jar of its own at the end of each class path, because a cache is
/// only valid for a class path that starts with the one it was trained with.
public final class Training {
    /// Separates the command lines.
    static final String NEXT = "--next-command-line--";

    private Training() {}

    /// Arguments: the main class, then command lines, each after a [#NEXT]. The main class has a
    /// `public static CommandLine commandLine()`. Exits with the first code that is not 0.
    public static void main(String[] args) throws ReflectiveOperationException {
        for (List<String> line : lines(List.of(args).subList(1, args.length))) {
            CommandLine program =
                    (CommandLine) Class.forName(args[0]).getMethod("commandLine").invoke(null);
            int code = program.execute(line.toArray(String[]::new));
            if (code != 0) {
                System.err.println("training failed with " + code + ": " + line);
                System.exit(code);
            }
        }
    }

    private static List<List<String>> lines(List<String> args) {
        List<List<String>> lines = new ArrayList<>();
        for (String arg : args) {
            if (arg.equals(NEXT)) {
                lines.add(new ArrayList<>());
            } else {
                lines.getLast().add(arg);
            }
        }
        return lines;
    }
}
