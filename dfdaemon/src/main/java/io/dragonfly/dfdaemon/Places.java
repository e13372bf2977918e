// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.daemon.DaemonSocket;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;

/// Where a daemon lives, by who starts it.
///
/// @param everyone whether it is the host's daemon, which all users may use
record Places(Path home, Path socket, boolean everyone) {
    private static final Path SYSTEM_HOME = Path.of("/var/lib/dragonfly");

    static Places of(@Nullable Path home, @Nullable Path socket, Map<String, String> environment)
            throws IOException {
        boolean system = home == null && self().equals(root());
        Path chosen = home;
        if (chosen == null) {
            chosen = system ? SYSTEM_HOME : DaemonSocket.userHome(environment);
        }
        chosen = chosen.toAbsolutePath().normalize();
        Path place = socket;
        if (place == null) {
            place = system ? DaemonSocket.SYSTEM : privateSocket(chosen, home == null, environment);
        }
        place = place.toAbsolutePath().normalize();
        if (!DaemonSocket.fits(place)) {
            throw CommandFailure.usage(
                    "the socket's path is longer than "
                            + DaemonSocket.MAX_PATH_BYTES
                            + " bytes (name a shorter one with --socket): "
                            + place);
        }
        return new Places(chosen, place, system);
    }

    /// The user this process runs as.
    static UserPrincipal self() throws IOException {
        return Files.getOwner(Path.of("/proc/self"));
    }

    static UserPrincipal root() throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("0");
    }

    static String hostname(Map<String, String> environment) {
        try {
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException _) {
            return environment.getOrDefault("HOSTNAME", "localhost");
        }
    }

    /// A home may be shared between hosts, the session's runtime directory is not; so the user's
    /// own daemon prefers that, as clients do.
    private static Path privateSocket(
            Path home, boolean usersOwn, Map<String, String> environment) {
        Path runtime = DaemonSocket.ofRuntimeDirectory(environment);
        boolean usable =
                usersOwn || home.equals(DaemonSocket.userHome(environment).toAbsolutePath());
        return usable
                        && runtime != null
                        && Files.isDirectory(
                                Path.of(environment.getOrDefault("XDG_RUNTIME_DIR", "")))
                ? runtime
                : DaemonSocket.ofHome(home);
    }
}
