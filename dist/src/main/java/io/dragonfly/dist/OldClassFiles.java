// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Raises class files that are too old for an ahead-of-time cache. Java 25 archives linked classes
/// only with a verifier that came with version 50; picocli has 49, so 228 of its classes would be
/// read and verified at each start (30 of 110 ms for `dfget --version`).
final class OldClassFiles {
    /// The first version whose classes can be archived; older ones get [#RAISED].
    private static final int ARCHIVABLE = ClassFile.JAVA_6_VERSION;

    private static final int RAISED = ClassFile.JAVA_8_VERSION;

    private static final byte[] NOTICE =
            ("Class files in this jar were raised to version 52 by the build of Dragonfly in Java,"
                            + " so that they can be cached ahead of time. Nothing else changed.\n")
                    .getBytes(StandardCharsets.UTF_8);

    private OldClassFiles() {}

    /// Copies a jar; class files that are too old are raised on the way.
    ///
    /// @param time of the entries of a jar that is changed, for the same result in each build
    /// @return how many class files were raised
    static int copy(Path from, Path to, Instant time) throws IOException {
        Map<String, byte[]> entries = entries(from);
        int old = (int) entries.entrySet().stream().filter(OldClassFiles::isOld).count();
        if (old == 0) {
            Files.copy(from, to);
            return 0;
        }
        if (entries.keySet().stream().anyMatch(name -> name.matches("META-INF/[^/]+\\.SF"))) {
            throw new IOException(from + " is signed and has old class files: cannot raise them");
        }
        ClassFile files =
                ClassFile.of(
                        ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                        ClassFile.ClassHierarchyResolverOption.of(resolver(entries)));
        try (OutputStream out = Files.newOutputStream(to);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                put(
                        zip,
                        entry.getKey(),
                        isOld(entry) ? raised(files, entry.getValue()) : entry.getValue(),
                        time);
            }
            put(zip, "META-INF/CHANGES-BY-DRAGONFLY.txt", NOTICE, time);
        }
        return old;
    }

    private static byte[] raised(ClassFile files, byte[] bytes) {
        ClassModel model = files.parse(bytes);
        ClassTransform version =
                ClassTransform.endHandler(builder -> builder.withVersion(RAISED, 0));
        // Taking method bodies apart and together again computes the stack maps they lack.
        return files.transformClass(
                model,
                version.andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
    }

    private static ClassHierarchyResolver resolver(Map<String, byte[]> entries) {
        ClassHierarchyResolver ofJar =
                ClassHierarchyResolver.ofResourceParsing((ClassDesc type) -> {
                    String descriptor = type.descriptorString();
                    String name = descriptor.substring(1, descriptor.length() - 1);
                    byte[] bytes = entries.get(name + ".class");
                    return bytes == null ? null : new ByteArrayInputStream(bytes);
                });
        return ofJar.orElse(ClassHierarchyResolver.defaultResolver());
    }

    private static boolean isOld(Map.Entry<String, byte[]> entry) {
        byte[] bytes = entry.getValue();
        return entry.getKey().endsWith(".class")
                && bytes.length > 8
                && ((bytes[6] & 0xff) << 8 | (bytes[7] & 0xff)) < ARCHIVABLE;
    }

    private static Map<String, byte[]> entries(Path jar) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                try (InputStream in = zip.getInputStream(entry)) {
                    entries.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return entries;
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes, Instant time)
            throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
