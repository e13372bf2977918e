// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;

/// The Java that is shipped: the modules that the jars need of the JDK that builds them.
final class RuntimeImage {
    /// `jdk.crypto.ec` is found by name (TLS with elliptic curves), `jdk.net` gives SO_PEERCRED.
    static final Set<String> MODULES =
            new TreeSet<>(
                    List.of(
                            "java.base",
                            "java.logging",
                            "java.management",
                            "java.naming",
                            "java.xml",
                            "jdk.crypto.ec",
                            "jdk.net",
                            "jdk.unsupported"));

    /// Modules that some jars mention and that they do without: beans and SQL types in Jackson,
    /// SPNEGO in Jetty.
    private static final Set<String> DONE_WITHOUT =
            Set.of("java.desktop", "java.sql", "java.security.jgss");

    private RuntimeImage() {}

    /// Makes the image in `to`, unless the one that is there is of the same JDK and modules.
    static void make(Path to) throws IOException {
        String wanted = Runtime.version() + " " + System.getProperty("java.vendor") + MODULES;
        Path stamp = to.resolveSibling(to.getFileName() + ".inputs");
        if (Files.exists(stamp) && Files.readString(stamp).equals(wanted)) {
            return;
        }
        Files.deleteIfExists(stamp);
        Tree.delete(to);
        run(
                "jlink",
                "--add-modules",
                String.join(",", MODULES),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--compress",
                "zip-0",
                "--output",
                to.toString());
        Files.writeString(stamp, wanted);
    }

    /// Fails when a jar needs a module that is not in the image.
    static void checkModules(List<Path> jars) throws IOException {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "--multi-release",
                                "25",
                                "--ignore-missing-deps",
                                "-quiet",
                                "--print-module-deps",
                                "--class-path",
                                String.join(":", jars.stream().map(Path::toString).toList())));
        jars.forEach(jar -> args.add(jar.toString()));
        String needed = run("jdeps", args.toArray(String[]::new)).strip();
        Set<String> missing = new TreeSet<>(Arrays.asList(needed.split(",", -1)));
        missing.removeAll(MODULES);
        missing.removeAll(DONE_WITHOUT);
        if (!missing.isEmpty()) {
            throw new IOException(
                    "jars need the modules " + missing + ": add them to RuntimeImage.MODULES");
        }
    }

    private static String run(String tool, String... args) throws IOException {
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out);
        int code =
                ToolProvider.findFirst(tool)
                        .orElseThrow(() -> new IOException("this JDK has no " + tool))
                        .run(writer, writer, args);
        writer.flush();
        if (code != 0) {
            throw new IOException(tool + " failed with " + code + ": " + out);
        }
        return out.toString();
    }
}
