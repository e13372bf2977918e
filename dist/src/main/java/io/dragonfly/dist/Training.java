// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import picocli.CommandLine;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/// Runs several command lines of one program in one JVM, so that one ahead-of-time cache knows the
/// classes of all. Shipped in a jar of its own at the end of each class path, because a cache is
/// only valid for a class path that starts with the one it was trained with.
public final class Training {
    /// Separates the command lines.
    static final String NEXT = "--next-command-line--";

    private Training() {}

    /// Arguments: the main class, then command lines, each after a [#NEXT]. All but the last go to
    /// the main class's `public static CommandLine commandLine()`, the last to its `main`, which
    /// may end the process. Exits with the first code that is not 0.
    public static void main(String[] args) throws ReflectiveOperationException {
        Class<?> program = Class.forName(args[0]);
        List<List<String>> lines = lines(List.of(args).subList(1, args.length));
        for (List<String> line : lines.subList(0, lines.size() - 1)) {
            CommandLine command = (CommandLine) program.getMethod("commandLine").invoke(null);
            int code = command.execute(line.toArray(String[]::new));
            if (code != 0) {
                System.err.println("training failed with " + code + ": " + line);
                System.exit(code);
            }
        }
        Method main = program.getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
        main.invoke(null, (Object) lines.getLast().toArray(String[]::new));
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
