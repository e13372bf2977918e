// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/// Cleans up after a run that was killed and could not do it itself: a process of its own that
/// waits for the end of this one. Where the run has cleaned up, it does nothing.
final class Guard {
    /// `$1`: the process that is guarded; `$2`: its directory. Only what is named after either is
    /// touched.
    private static final String SCRIPT =
            """
            tail --pid="$1" -f /dev/null
            [ -d "$2" ] || exit 0
            for space in $(ip netns list 2>/dev/null | grep -o "^dfe2e-$1-[^ ]*"); do
                kill -9 $(ip netns pids "$space") 2>/dev/null
                ip netns delete "$space"
            done
            for pid in $(pgrep -f "$2/"); do
                kill -9 "$pid"
            done
            for mount in $(grep -o " $2/[^ ]*" /proc/mounts); do
                umount -l "$mount"
            done
            rm -rf "$2"
            """;

    private Guard() {}

    static void start(Path directory) {
        String pid = Long.toString(ProcessHandle.current().pid());
        // A session of its own: Ctrl-C must not end it.
        List<String> command =
                List.of("setsid", "sh", "-c", SCRIPT, "guard", pid, directory.toString());
        try {
            var _ =
                    new ProcessBuilder(command)
                            .directory(Path.of("/").toFile())
                            .redirectInput(Path.of("/dev/null").toFile())
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the guard (setsid of util-linux)", e);
        }
    }
}
