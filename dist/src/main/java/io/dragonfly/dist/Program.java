// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What is shipped as a command, and how its Java is started.
///
/// @param name of the command, its module and its package
/// @param jvm options of the launcher; training uses the same, since a cache is only valid for what
///   it was trained with (`--enable-native-access` is one of those)
/// @param training command lines whose classes go to the ahead-of-time cache besides those of the
///   [Rehearsal]; each must exit with 0
record Program(String name, List<String> jvm, List<List<String>> training) {
    private static final List<List<String>> BASIC_TRAINING =
            List.of(List.of("--help"), List.of("--version"));

    /// Common to all: the VM's own messages must not get into an output that is a download, and an
    /// exit must not wait 300 ms for a thread that polls (JDK-8314243).
    private static final List<String> COMMON =
            List.of(
                    "-Xlog:disable",
                    "-Xlog:all=warning:stderr",
                    "-XX:UserThreadWaitAttemptsAtExit=0",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Djdk.nio.maxCachedBufferSize=262144");

    static final List<Program> ALL =
            List.of(
                    // Lives for milliseconds: the second compiler would never pay.
                    new Program(
                            "dfget",
                            jvm(
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-Xms8m",
                                    "-Xmx64m",
                                    "-XX:-UsePerfData"),
                            BASIC_TRAINING),
                    // On every host: small. Contents pass through direct memory, not the heap. Of
                    // the collectors, Serial took the least memory and CPU time under load (134 MB
                    // where G1 took 216). The ceilings of heap, direct memory and code together
                    // leave 32 of 256 MiB for classes, stacks and the compilers. What the heap
                    // must hold is mostly digests: 128 bytes per MiB in the store.
                    new Program(
                            "dfdaemon",
                            jvm(
                                    "-XX:+UseSerialGC",
                                    "-Xms16m",
                                    "-Xmx128m",
                                    "-XX:MinHeapFreeRatio=10",
                                    "-XX:MaxHeapFreeRatio=30",
                                    "-XX:MaxDirectMemorySize=64m",
                                    "-XX:ReservedCodeCacheSize=32m"),
                            List.of()),
                    // May grow for thousands of peers, some 20 KiB of heap each with their
                    // streams; with few, the ratios keep the heap near what is in use.
                    new Program(
                            "supernode",
                            jvm(
                                    "-XX:+UseSerialGC",
                                    "-Xms32m",
                                    "-Xmx512m",
                                    "-XX:MinHeapFreeRatio=20",
                                    "-XX:MaxHeapFreeRatio=40",
                                    "-XX:MaxDirectMemorySize=128m",
                                    "-XX:ReservedCodeCacheSize=48m"),
                            List.of()));

    String mainClass() {
        return "io.dragonfly." + name + ".Main";
    }

    /// Environment variable with more options for this program's Java; they win over ours.
    String optionsVariable() {
        return name.toUpperCase(Locale.ROOT) + "_JAVA_OPTS";
    }

    String cache() {
        return name + ".aot";
    }

    private static List<String> jvm(String... own) {
        return Stream.concat(COMMON.stream(), List.of(own).stream()).toList();
    }
}
