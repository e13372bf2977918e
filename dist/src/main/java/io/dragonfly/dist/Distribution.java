// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import picocli.AutoComplete;
import picocli.CommandLine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// The unpacked distribution and its archive.
///
/// @param root of the repository
/// @param target the build directory of this module
/// @param time of everything in the archive, for equal results of equal builds
record Distribution(Path root, Path target, String version, Instant time) {
    private static final String TRAINING_JAR = "training.jar";

    /// Makes everything, or nothing when that is there and its inputs are the same, or when there
    /// is no program yet.
    ///
    /// @return whether something was made
    boolean make() throws IOException {
        Map<Program, List<Path>> programs = programs();
        if (programs.isEmpty()) {
            return false;
        }
        List<Path> inputs =
                new ArrayList<>(programs.values().stream().flatMap(List::stream).toList());
        inputs.add(target.resolve("classes"));
        inputs.add(root.resolve("LICENSE"));
        String wanted = Tree.digest(inputs) + " " + Runtime.version() + " " + time;
        Path stamp = target.resolve("dragonfly.inputs");
        if (Files.exists(stamp)
                && Files.exists(archive())
                && Files.readString(stamp).equals(wanted)) {
            return false;
        }
        Files.deleteIfExists(stamp);
        Path home = home();
        for (String part : List.of("bin", "lib", "share")) {
            Tree.delete(home.resolve(part));
            Files.createDirectories(home.resolve(part));
        }
        Path image = target.resolve("runtime");
        RuntimeImage.make(image);
        RuntimeImage.checkModules(
                programs.values().stream().flatMap(List::stream).distinct().toList());
        Tree.delete(home.resolve("runtime"));
        AotCache.run(List.of("cp", "-a", image.toString(), "runtime"), home);
        Files.deleteIfExists(home.resolve("LICENSE"));
        Files.copy(root.resolve("LICENSE"), home.resolve("LICENSE"));
        writeTrainingJar(home.resolve("lib").resolve(TRAINING_JAR));
        List<Rehearsal.Role> roles = new ArrayList<>();
        for (Map.Entry<Program, List<Path>> program : programs.entrySet()) {
            roles.add(add(program.getKey(), program.getValue()));
        }
        Rehearsal.run(
                home,
                new Rehearsal.Cast(
                        role(roles, "supernode"), role(roles, "dfdaemon"), role(roles, "dfget")));
        for (Rehearsal.Role role : roles) {
            AotCache.check(home, role.program());
        }
        Tree.setModes(home);
        pack();
        Files.writeString(stamp, wanted);
        return true;
    }

    Path home() {
        return target.resolve("dragonfly");
    }

    Path archive() {
        return target.resolve("%s.tar.gz".formatted(archiveRoot()));
    }

    private String archiveRoot() {
        return "dragonfly-%s-linux-%s".formatted(version, System.getProperty("os.arch"));
    }

    /// The programs that exist, with their class paths. A module without any code is not there yet.
    private Map<Program, List<Path>> programs() throws IOException {
        Map<Program, List<Path>> programs = new LinkedHashMap<>();
        for (Program program : Program.ALL) {
            Path module = root.resolve(program.name()).resolve("target");
            Path jar = module.resolve("dragonfly-%s-%s.jar".formatted(program.name(), version));
            try (JarFile file = new JarFile(jar.toFile())) {
                if (file.stream().noneMatch(entry -> entry.getName().endsWith(".class"))) {
                    System.out.println(program.name() + ": no code yet, left out");
                    continue;
                }
            }
            List<Path> classPath = new ArrayList<>(List.of(jar));
            for (String path :
                    Files.readString(module.resolve("classpath")).strip().split(":", -1)) {
                classPath.add(Path.of(path));
            }
            programs.put(program, classPath);
        }
        return programs;
    }

    private static Rehearsal.Role role(List<Rehearsal.Role> roles, String name) {
        return roles.stream()
                .filter(role -> role.program().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Rehearsal.Role add(Program program, List<Path> classPath) throws IOException {
        Path lib = home().resolve("lib");
        List<String> jars = new ArrayList<>();
        for (Path jar : classPath) {
            String name = String.valueOf(jar.getFileName());
            jars.add(name);
            if (!Files.exists(lib.resolve(name))) {
                OldClassFiles.copy(jar, lib.resolve(name), time);
            }
        }
        jars.add(TRAINING_JAR);
        Path launcher = home().resolve("bin").resolve(program.name());
        Files.writeString(launcher, Launcher.script(program, jars));
        if (!launcher.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + launcher);
        }
        document(program);
        return new Rehearsal.Role(program, jars);
    }

    private void document(Program program) throws IOException {
        CommandLine command;
        try {
            command =
                    (CommandLine)
                            Class.forName(program.mainClass())
                                    .getMethod("commandLine")
                                    .invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IOException(
                    program.mainClass() + " needs a `public static CommandLine commandLine()`", e);
        }
        Path completions = home().resolve("share/bash-completion/completions");
        Files.createDirectories(completions);
        Files.writeString(
                completions.resolve(program.name()), AutoComplete.bash(program.name(), command));
        Path manual = home().resolve("share/man/man1");
        Files.createDirectories(manual);
        Files.writeString(
                manual.resolve(program.name() + ".1"),
                ManPage.of(command, time, "dragonfly " + version));
    }

    private void writeTrainingJar(Path jar) throws IOException {
        String name = Training.class.getName().replace('.', '/') + ".class";
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            ZipEntry entry = new ZipEntry(name);
            entry.setTimeLocal(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
            zip.putNextEntry(entry);
            zip.write(Files.readAllBytes(target.resolve("classes").resolve(name)));
            zip.closeEntry();
        }
    }

    /// GNU tar, because the JDK has none; gzip without name and time.
    private void pack() throws IOException {
        Path tar = target.resolve("dragonfly.tar");
        AotCache.run(
                List.of(
                        "tar",
                        "--create",
                        "--file=" + tar,
                        "--sort=name",
                        "--mtime=" + time,
                        "--owner=0",
                        "--group=0",
                        "--numeric-owner",
                        "--transform=flags=r;s,^dragonfly," + archiveRoot() + ",",
                        "dragonfly"),
                target);
        AotCache.run(List.of("gzip", "--no-name", "--fast", "--force", tar.toString()), target);
        Files.move(
                target.resolve("dragonfly.tar.gz"), archive(), StandardCopyOption.REPLACE_EXISTING);
    }
}
