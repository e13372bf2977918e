// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The working tree: which files belong to the project, and their text.
///
/// Paths are relative to the root, with `/`, sorted.
public record Repository(Path root) {
    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", ".quickstart");

    /// The repository that the running test belongs to: the nearest directory upwards that has this
    /// module in it.
    public static Repository enclosing(Path start) {
        Path dir = start.toAbsolutePath().normalize();
        while (!Files.exists(dir.resolve("tidy/pom.xml"))) {
            dir = dir.getParent();
            if (dir == null) {
                throw new IllegalStateException("no tidy/pom.xml in any directory above " + start);
            }
        }
        return new Repository(dir);
    }

    /// All files that are tracked or could be: git decides, and where there is no git (a source
    /// archive) everything counts that is not known to be generated.
    public List<String> files() {
        List<String> found = Files.exists(root.resolve(".git")) ? listedByGit() : walked();
        return found.stream()
                .filter(file -> Files.isRegularFile(root.resolve(file)))
                .distinct()
                .sorted()
                .toList();
    }

    public List<String> files(String suffix) {
        return files().stream().filter(file -> file.endsWith(suffix)).toList();
    }

    public String text(String file) {
        try {
            return Files.readString(root.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    public void write(String file, String text) {
        try {
            Files.writeString(root.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    public long size(String file) {
        try {
            return Files.size(root.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    public boolean exists(String path) {
        return Files.exists(root.resolve(path));
    }

    private List<String> listedByGit() {
        // safe.directory: a container often builds a tree that another user owns.
        List<String> command =
                List.of(
                        "git",
                        "-c",
                        "safe.directory=*",
                        "ls-files",
                        "-z",
                        "--cached",
                        "--others",
                        "--exclude-standard");
        try {
            Process git =
                    new ProcessBuilder(command)
                            .directory(root.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            byte[] out = git.getInputStream().readAllBytes();
            if (git.waitFor() == 0) {
                return List.of(new String(out, StandardCharsets.UTF_8).split("\0", -1));
            }
        } catch (IOException e) {
            // No git on this machine: the walk below does as well.
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
        return walked();
    }

    private List<String> walked() {
        List<String> files = new ArrayList<>();
        try {
            Files.walkFileTree(
                    root,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path dir, BasicFileAttributes attributes) {
                            return NOT_OURS.contains(String.valueOf(dir.getFileName()))
                                    ? FileVisitResult.SKIP_SUBTREE
                                    : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            files.add(root.relativize(file).toString());
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + root, e);
        }
        return files;
    }
}
