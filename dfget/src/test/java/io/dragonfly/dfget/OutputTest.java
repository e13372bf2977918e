// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.daemon.DaemonEvent;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;

/// How the content comes to its place.
final class OutputTest extends DfgetScenario {
    @Test
    void aSmallContentComesWithTheLastEventAndIsNamedAfterTheUrl() throws Exception {
        playSmall("hello");
        assertThat(run(URL + "?x=y")).isZero();
        assertThat(file("file.bin")).hasContent("hello");
        assertThat(files()).containsExactly("file.bin");
        assertThat(daemon.wasAskedForContent()).isFalse();
        assertThat(err.toString()).contains("5 B in ").contains("peers 100%").hasLineCount(1);
    }

    @Test
    void aLargeContentOfAnotherUsersDaemonIsCopiedWhileItArrives() throws Exception {
        playLarge();
        assertThat(run(URL)).isZero();
        assertThat(file("file.bin")).hasBinaryContent(large);
        assertThat(files()).containsExactly("file.bin");
        assertThat(daemon.contentPath()).isEqualTo("/v1/downloads/7/content");
    }

    @Test
    void ourOwnDaemonsContentIsLinkedAndTheOldOutputReplaced() throws Exception {
        Path stored = Files.write(directory.resolve("stored"), large);
        Files.setPosixFilePermissions(
                stored, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        Files.writeString(file("file.bin"), "old");
        daemon.script(events -> {
            events.send(self());
            events.send(new DaemonEvent.Progress(report("running", large.length, 100)));
            events.send(
                    new DaemonEvent.Done(
                            report("done", large.length, large.length), stored.toString(), null));
        });
        assertThat(run(URL)).isZero();
        assertThat(file("file.bin")).hasBinaryContent(large);
        assertThat(files()).containsExactly("file.bin");
        assertThat(daemon.wasAskedForContent()).isFalse();
        String type = Files.getFileStore(directory).type();
        if (!type.equals("btrfs") && !type.equals("xfs")) {
            assertThat(Files.isSameFile(stored, file("file.bin"))).isTrue();
            Path other = Files.createFile(file("other"));
            assertThat(Files.getPosixFilePermissions(file("file.bin")))
                    .isEqualTo(Files.getPosixFilePermissions(other));
            Files.delete(other);
        }
        // Once more: now output and content are one file already.
        assertThat(run(URL)).isZero();
        assertThat(files()).containsExactly("file.bin");
        assertThat(stored).hasBinaryContent(large);
    }

    @Test
    void aContentFileThatCannotBeLinkedIsCopied() throws Exception {
        daemon.content(large);
        daemon.script(events -> {
            events.send(self());
            events.send(
                    new DaemonEvent.Done(
                            report("done", large.length, large.length),
                            directory.resolve("missing").toString(),
                            null));
            events.awaitClosed();
        });
        assertThat(run(URL)).isZero();
        assertThat(file("file.bin")).hasBinaryContent(large);
    }

    @Test
    void anEmptyContentIsAnEmptyFile() throws Exception {
        playSmall("");
        assertThat(run(URL)).isZero();
        assertThat(file("file.bin")).isEmptyFile();
    }

    @Test
    void dashWritesTheContentToStandardOutput() throws Exception {
        playLarge();
        assertThat(run(URL, "-O", "-")).isZero();
        assertThat(out.toByteArray()).isEqualTo(large);
        assertThat(files()).isEmpty();
        assertThat(err.toString()).contains("293 KiB in ");
    }

    @Test
    void aDevicesContentIsWrittenThroughAndALinkStaysALink() throws Exception {
        playSmall("hello");
        assertThat(run(URL, "-O", "/dev/null")).isZero();
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
        Files.writeString(file("real"), "old");
        Files.createSymbolicLink(file("link"), file("real"));
        assertThat(run(URL, "-O", "link")).isZero();
        assertThat(Files.isSymbolicLink(file("link"))).isTrue();
        assertThat(file("real")).hasContent("hello");
    }

    @Test
    void aTruncatedContentIsAFailure() throws Exception {
        playLarge();
        daemon.content(new byte[large.length - 1]);
        assertThat(run(URL)).isEqualTo(17);
        assertThat(err.toString()).contains("299999 of 300000 bytes");
        assertThat(files()).isEmpty();
    }

    @Test
    void cancellingRemovesTheTemporaryOutputAndEndsTheInterest() throws Exception {
        Guard guard = new Guard(System::nanoTime);
        Path target = file("out");
        FileOutput output = FileOutput.beside(target);
        guard.add(output);
        assertThat(files()).hasSize(1);
        assertThat(guard.cancel()).isTrue();
        assertThat(files()).isEmpty();
        assertThat(java.util.Objects.requireNonNull(guard.failure()).exitCode().number())
                .isEqualTo(130);
    }
}
