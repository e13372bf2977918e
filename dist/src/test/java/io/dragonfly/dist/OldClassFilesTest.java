// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_int;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

class OldClassFilesTest {
    private static final Instant TIME = Instant.parse("2026-11-20T00:00:00Z");

    @TempDir private Path dir;

    @Test
    void anOldClassIsRaisedAndWorks() throws Exception {
        Path from = jar(Map.of("Old.class", withBranch(ClassFile.JAVA_5_VERSION), "a.txt", BYTES));
        Path to = dir.resolve("raised.jar");
        assertThat(OldClassFiles.copy(from, to, TIME)).isEqualTo(1);

        try (ZipFile zip = new ZipFile(to.toFile())) {
            assertThat(read(zip, "Old.class")[7]).isEqualTo((byte) ClassFile.JAVA_8_VERSION);
            assertThat(read(zip, "a.txt")).isEqualTo(BYTES);
            assertThat(zip.getEntry("META-INF/CHANGES-BY-DRAGONFLY.txt")).isNotNull();
        }
        // Without correct stack maps the verifier would refuse it from version 51 on.
        try (URLClassLoader loader = new URLClassLoader(new URL[] {to.toUri().toURL()}, null)) {
            Object sign = loader.loadClass("Old").getMethod("sign", int.class).invoke(null, -3);
            assertThat(sign).isEqualTo("negative");
        }
    }

    @Test
    void raisingTwiceGivesTheSameBytes() throws IOException {
        Path from = jar(Map.of("Old.class", withBranch(ClassFile.JAVA_5_VERSION)));
        OldClassFiles.copy(from, dir.resolve("1.jar"), TIME);
        OldClassFiles.copy(from, dir.resolve("2.jar"), TIME);
        assertThat(dir.resolve("1.jar")).hasSameBinaryContentAs(dir.resolve("2.jar"));
    }

    @Test
    void aJarWithoutOldClassesIsCopiedAsItIs() throws IOException {
        Path from = jar(Map.of("New.class", withBranch(ClassFile.JAVA_6_VERSION)));
        Path to = dir.resolve("same.jar");
        assertThat(OldClassFiles.copy(from, to, TIME)).isZero();
        assertThat(to).hasSameBinaryContentAs(from);
    }

    @Test
    void aSignedJarWithOldClassesIsRefused() throws IOException {
        byte[] old = withBranch(ClassFile.JAVA_5_VERSION);
        Path from = jar(Map.of("Old.class", old, "META-INF/X.SF", BYTES));
        assertThatThrownBy(() -> OldClassFiles.copy(from, dir.resolve("x.jar"), TIME))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("signed");
    }

    private static final byte[] BYTES = {1, 2, 3};

    /// `static String sign(int i) { return i < 0 ? "negative" : "other"; }`, without stack maps.
    private static byte[] withBranch(int version) {
        return ClassFile.of(ClassFile.StackMapsOption.DROP_STACK_MAPS)
                .build(
                        ClassDesc.of("Old"),
                        type ->
                                type.withVersion(version, 0)
                                        .withFlags(ClassFile.ACC_PUBLIC)
                                        .withMethodBody(
                                                "sign",
                                                MethodTypeDesc.of(CD_String, CD_int),
                                                ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                                                code ->
                                                        code.iload(0)
                                                                .ifThenElse(
                                                                        Opcode.IFLT,
                                                                        then ->
                                                                                then.ldc(
                                                                                        "negative"),
                                                                        other -> other.ldc("other"))
                                                                .areturn()));
    }

    private Path jar(Map<String, byte[]> entries) throws IOException {
        Path jar = Files.createTempFile(dir, "in", ".jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return jar;
    }

    private static byte[] read(ZipFile zip, String name) throws IOException {
        try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
            return in.readAllBytes();
        }
    }
}
