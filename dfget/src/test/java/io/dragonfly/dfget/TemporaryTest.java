// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What killed runs left is removed, and nothing else.
final class TemporaryTest {
    @TempDir Path directory = Path.of("");
    private Temporary first = nothing();

    @SuppressWarnings("NullAway") // Set before each test.
    private static Temporary nothing() {
        return null;
    }

    @BeforeEach
    void begin() throws IOException {
        first = Temporary.beside(directory.resolve("out"));
    }

    @AfterEach
    void end() throws IOException {
        first.channel().close();
    }

    /// A name as of a process that ended.
    private String left(String suffix) throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        String pid = "." + ProcessHandle.current().pid() + ".";
        return first.path().getFileName().toString().replace(pid, "." + process.pid() + ".")
                + suffix;
    }

    private Path create(String name) throws IOException {
        return Files.createFile(directory.resolve(name));
    }

    private void beginAnother(String name) throws IOException {
        Temporary.beside(directory.resolve(name)).channel().close();
    }

    @Test
    void theFilesOfADeadProcessGo() throws Exception {
        Path data = create(left(""));
        Path link = create(left(".link"));
        beginAnother("out");
        assertThat(data).doesNotExist();
        assertThat(link).doesNotExist();
    }

    @Test
    void theFilesOfALivingProcessStay() throws Exception {
        beginAnother("out");
        assertThat(first.path()).exists();
    }

    @Test
    void aLockedFileStaysWhateverItsNameSays() throws Exception {
        Path data = create(left(""));
        try (FileChannel held = FileChannel.open(data, StandardOpenOption.WRITE)) {
            assertThat(held.lock().isValid()).isTrue();
            beginAnother("out");
            assertThat(data).exists();
        }
    }

    @Test
    void whatAnotherHostWritesStaysWhileItIsYoung() throws Exception {
        Path data = create(".out.0badcafe.1.0.dfget");
        beginAnother("out");
        assertThat(data).exists();
    }

    @Test
    void foreignFilesStay() throws Exception {
        Path other = create(left("").replace(".out.", ".other."));
        Path similar = create(".out.dfget");
        Path longer = create(left("") + ".bak");
        Path directoryOfThatName = Files.createDirectory(directory.resolve(left("")));
        Path kept = Files.createFile(directory.resolve("kept"));
        Path link = Files.createSymbolicLink(directory.resolve(left(".link")), kept);
        beginAnother("out");
        assertThat(other).exists();
        assertThat(similar).exists();
        assertThat(longer).exists();
        assertThat(directoryOfThatName).exists();
        assertThat(link).isSymbolicLink();
        assertThat(kept).exists();
    }

    @Test
    void aNameAsLongAsTheSystemAllowsHasRoomForATemporaryOne() throws Exception {
        String name = "\u00e4".repeat(127);
        Files.createFile(directory.resolve(name));
        beginAnother(name);
        beginAnother("\ud83d\ude00".repeat(63));
        assertThat(directory.toFile().list()).hasSize(4);
    }
}
