// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.daemon;

import io.dragonfly.cli.CommandFailure;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Where daemons listen and clients look.
public final class DaemonSocket {
    /// The socket of the host's daemon.
    public static final Path SYSTEM = Path.of("/run/dragonfly/dfdaemon.sock");

    /// The kernel takes 107; a little room for those who add a suffix.
    public static final int MAX_PATH_BYTES = 100;

    private static final String NAME = "dfdaemon.sock";

    private DaemonSocket() {}

    /// `~/.small-dragonfly` of the calling user.
    public static Path userHome(Map<String, String> environment) {
        String home = environment.get("HOME");
        if (home == null || home.isEmpty()) {
            home = System.getProperty("user.home", "");
        }
        if (home.isEmpty() || home.equals("?")) {
            throw CommandFailure.usage("HOME is not set: name a directory with --home");
        }
        return Path.of(home, ".small-dragonfly");
    }

    /// Where a client looks, in this order.
    ///
    /// @param home the daemon of this home and no other; null: the host's, then the user's
    /// @param system the host's socket
    public static List<Path> candidates(
            @Nullable Path home, Path system, Map<String, String> environment) {
        if (home != null) {
            return List.of(ofHome(home));
        }
        List<Path> candidates = new ArrayList<>(3);
        candidates.add(system);
        Path runtime = ofRuntimeDirectory(environment);
        if (runtime != null) {
            candidates.add(runtime);
        }
        candidates.add(ofHome(userHome(environment)));
        return candidates;
    }

    /// The path in a home: the socket itself, or a link to where the daemon listens.
    public static Path ofHome(Path home) {
        return home.toAbsolutePath().resolve("run").resolve(NAME);
    }

    /// The path below `XDG_RUNTIME_DIR`, which is local to the host where homes may be shared; null
    /// where the session has none.
    public static @Nullable Path ofRuntimeDirectory(Map<String, String> environment) {
        String directory = environment.get("XDG_RUNTIME_DIR");
        return directory == null || directory.isEmpty()
                ? null
                : Path.of(directory, "dragonfly", NAME);
    }

    /// Follows a link, so that the path that is connected to is the short one.
    public static Path resolve(Path candidate) {
        try {
            return Files.isSymbolicLink(candidate)
                    ? candidate.resolveSibling(Files.readSymbolicLink(candidate))
                    : candidate;
        } catch (IOException _) {
            return candidate;
        }
    }

    public static boolean fits(Path socket) {
        return socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES;
    }
}
