// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Which module may use which: `apps -> proxy -> peer -> {storage, origin, net} -> core`, arrows
/// down only.
final class Layers {
    static final String ROOT = "io.dragonfly";

    private static final Set<String> LIBRARIES =
            Set.of("core", "net", "storage", "origin", "peer", "cli");

    /// What each module may use besides itself. Apps never use each other.
    static final Map<String, Set<String>> ALLOWED =
            Map.ofEntries(
                    Map.entry("core", Set.of()),
                    Map.entry("cli", Set.of("core", "origin", "peer")),
                    Map.entry("net", Set.of("core")),
                    Map.entry("storage", Set.of("core")),
                    Map.entry("origin", Set.of("core")),
                    Map.entry("peer", Set.of("core", "net", "storage", "origin")),
                    Map.entry("proxy", Set.of("core", "net", "origin", "peer")),
                    Map.entry("sim", Set.of("core")),
                    Map.entry("supernode", LIBRARIES),
                    Map.entry(
                            "dfdaemon",
                            Set.of("core", "net", "storage", "origin", "peer", "cli", "proxy")),
                    Map.entry("dfget", LIBRARIES));

    /// Modules that are no part of the product.
    static final Set<String> TOOLS = Set.of("tidy", "dist", "e2e", "bench");

    /// Sides of `core` that meet in messages only.
    private static final List<List<String>> STRANGERS =
            List.of(List.of(ROOT + ".core.scheduler", ROOT + ".core.download"));

    /// Packages and types that act, wait or draw; a `.` at the end means the package and below.
    private static final List<String> ACTING =
            List.of(
                    "java.io.",
                    "java.net.",
                    "java.nio.channels.",
                    "java.nio.file.",
                    "java.util.concurrent.",
                    "java.util.Timer",
                    "java.lang.Thread",
                    "java.lang.ThreadLocal",
                    "java.lang.Process",
                    "java.lang.ProcessBuilder",
                    "java.lang.Runtime",
                    "java.time.Clock",
                    "java.time.InstantSource",
                    "java.security.SecureRandom");

    private static final Set<String> HARMLESS =
            Set.of(
                    "java.io.IOException",
                    "java.io.UncheckedIOException",
                    "java.io.Serializable",
                    "java.net.URI",
                    "java.net.URISyntaxException");

    private Layers() {}

    /// The module that a package or class belongs to, or nothing where it is not ours.
    static String module(String name) {
        if (!name.startsWith(ROOT + ".")) {
            return "";
        }
        String rest = name.substring(ROOT.length() + 1);
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    /// What is wrong when class `origin` uses class `target`.
    static List<String> violation(String origin, String target) {
        String from = module(origin);
        String to = module(target);
        Stream<String> layer =
                to.isEmpty() || to.equals(from) || ALLOWED.getOrDefault(from, Set.of()).contains(to)
                        ? Stream.of()
                        : Stream.of("%s must not use %s".formatted(from, to));
        Stream<String> strangers =
                STRANGERS.stream()
                        .filter(pair ->
                                areIn(origin, pair.get(0), target, pair.get(1))
                                        || areIn(origin, pair.get(1), target, pair.get(0)))
                        .map(pair -> "%s and %s must not meet".formatted(pair.get(0), pair.get(1)));
        return Stream.concat(layer, strangers).toList();
    }

    /// What is wrong when class `origin`, if it is in `core`, uses class `target`.
    static List<String> actionInCore(String origin, String target) {
        boolean acts =
                !HARMLESS.contains(target)
                        && ACTING.stream()
                                .anyMatch(name ->
                                        name.endsWith(".")
                                                ? target.startsWith(name)
                                                : target.equals(name)
                                                        || target.startsWith(name + "$"));
        return acts && module(origin).equals("core")
                ? List.of("core decides and does not act: " + target)
                : List.of();
    }

    private static boolean areIn(String origin, String from, String target, String to) {
        return origin.startsWith(from + ".") && target.startsWith(to + ".");
    }
}
