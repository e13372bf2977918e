// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import io.dragonfly.e2e.Command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What must be there before anything is started.
public final class Requirements {
    private final TreeMap<String, String> packages = new TreeMap<>();
    private final Set<Contestant.Kind> kinds;

    /// @param kinds what will be started; our own needs nothing but what the bed does
    Requirements(Set<Contestant.Kind> kinds) {
        this.kinds = kinds;
        packages.putAll(
                Map.of(
                        "nginx", "nginx-light",
                        "ip", "iproute2",
                        "tc", "iproute2",
                        "ss", "iproute2",
                        "bridge", "iproute2",
                        "sysctl", "procps",
                        "curl", "curl",
                        "pgrep", "procps",
                        "setsid", "util-linux"));
        if (kinds.contains(Contestant.Kind.ARIA2)) {
            packages.put("aria2c", "aria2");
            packages.put("/usr/bin/python3", "python3");
        }
        if (kinds.contains(Contestant.Kind.LIBTORRENT)) {
            packages.put("/usr/bin/python3", "python3");
        }
    }

    /// What our own distribution on a bed needs.
    public static Requirements ofBed() {
        return new Requirements(Set.of());
    }

    /// What is missing, each a sentence that says what to do.
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (!root()) {
            missing.add("root is needed: network namespaces are made");
        }
        Set<String> install = new TreeSet<>();
        packages.forEach((program, name) -> {
            if (Command.run(List.of("sh", "-c", "command -v " + program)).status() != 0) {
                install.add(name);
            }
        });
        if (kinds.contains(Contestant.Kind.LIBTORRENT)
                && Command.run(List.of("/usr/bin/python3", "-c", "import libtorrent")).status()
                        != 0) {
            install.add("python3-libtorrent");
        }
        if (!install.isEmpty()) {
            missing.add("tools are missing: apt-get install " + String.join(" ", install));
        }
        return missing;
    }

    private static boolean root() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }
}
