// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// Directory trees: delete, set modes, digest.
final class Tree {
    private Tree() {}

    /// Deletes a file or directory with everything below; nothing there is fine.
    static void delete(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        for (Path path : list(root).sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
        }
    }

    /// Makes everything readable for all, and executable what its owner may execute, whatever the
    /// umask of the build was.
    static void setModes(Path root) throws IOException {
        for (Path path : list(root).filter(p -> !Files.isSymbolicLink(p)).toList()) {
            boolean run = Files.isDirectory(path) || Files.isExecutable(path);
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(run ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    /// SHA-256 over the names and contents of all files in and below `roots`, in hex.
    static String digest(List<Path> roots) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        for (Path root : roots) {
            for (Path file : list(root).filter(Files::isRegularFile).sorted().toList()) {
                byte[] bytes = Files.readAllBytes(file);
                digest.update((file + "\0" + bytes.length + "\0").getBytes(StandardCharsets.UTF_8));
                digest.update(bytes);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static Stream<Path> list(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.toList().stream();
        }
    }
}
