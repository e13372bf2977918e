// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import java.util.List;

/// The shell script that starts a program: POSIX sh, found through symbolic links, needs no
/// installed Java. The directory may be moved as a whole.
final class Launcher {
    private static final String SCRIPT =
            """
            #!/bin/sh
            # SPDX-License-Identifier: Apache-2.0
            # More options for Java: @VARIABLE@="-Xmx1g"
            self=$0
            case $self in */*) ;; *) self=./$self ;; esac
            while [ -h "$self" ]; do
                link=$(readlink "$self") || exit
                case $link in
                    /*) self=$link ;;
                    *) self=${self%/*}/$link ;;
                esac
            done
            home=$(CDPATH= cd -P -- "${self%/*}/.." && pwd -P) || exit
            lib=$home/lib
            # The class path is part of what makes the cache valid: same jars, same order.
            exec "$home/runtime/bin/java" \\
                -XX:AOTCache="$lib/@CACHE@" \\
            @OPTIONS@
                -Ddragonfly.home="$home" \\
                ${@VARIABLE@-} \\
                -cp "@CLASSPATH@" \\
                @MAIN@ "$@"
            """;

    private Launcher() {}

    /// The script's text.
    ///
    /// @param jars names of the files in `lib/` that are the program's class path, in order
    static String script(Program program, List<String> jars) {
        String options =
                String.join(
                        "\n",
                        program.jvm().stream().map(option -> "    " + option + " \\").toList());
        String classPath = String.join(":", jars.stream().map(jar -> "$lib/" + jar).toList());
        return SCRIPT.replace("@OPTIONS@", options)
                .replace("@CACHE@", program.cache())
                .replace("@VARIABLE@", program.optionsVariable())
                .replace("@CLASSPATH@", classPath)
                .replace("@MAIN@", program.mainClass());
    }
}
