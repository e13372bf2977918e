// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.dragonfly.storage.DiskStore;
import io.dragonfly.storage.DiskStoreSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;

/// Where an output's name leads, and what is refused there before anything is fetched.
final class TargetTest extends DfgetScenario {
    @TempDir Path elsewhere = Path.of("");

    @Test
    void aDanglingLinkIsFilledWhereItPoints() throws Exception {
        playSmall("hello");
        Files.createSymbolicLink(file("first"), Path.of("second"));
        Files.createSymbolicLink(file("second"), elsewhere.resolve("new"));
        assertThat(run(URL, "-O", "first")).isZero();
        assertThat(elsewhere.resolve("new")).hasContent("hello");
        assertThat(file("first")).isSymbolicLink();
        assertThat(file("second")).isSymbolicLink();
        assertThat(files()).containsExactly("first", "second");
    }

    @Test
    void aLinkIntoAMissingDirectoryOrACircleIsAnError() throws Exception {
        Files.createSymbolicLink(file("gone"), elsewhere.resolve("missing/new"));
        assertThat(run(URL, "-O", "gone")).isEqualTo(14);
        Files.createSymbolicLink(file("circle"), Path.of("circle"));
        assertThat(run(URL, "-O", "circle")).isEqualTo(14);
        assertThat(err.toString())
                .isEqualTo(
                        """
                        dfget: cannot write gone: no such file or directory
                        dfget: cannot write circle: too many symbolic links
                        """);
        assertThat(files()).containsExactly("circle", "gone");
    }

    @Test
    void aLinkToWhereTheUserMayNotLookStaysALink() throws Exception {
        assumeFalse(System.getProperty("user.name").equals("root"), "root may look anywhere");
        Path closed = Files.createDirectory(elsewhere.resolve("closed"));
        Files.createSymbolicLink(file("link"), closed.resolve("new"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        try {
            assertThat(run(URL, "-O", "link")).isEqualTo(14);
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(err.toString()).isEqualTo("dfget: cannot write link: permission denied\n");
        assertThat(file("link")).isSymbolicLink();
    }

    @Test
    void aFileThatTheUserMayNotWriteIsNotReplaced() throws Exception {
        assumeFalse(System.getProperty("user.name").equals("root"), "root may write anything");
        Files.writeString(file("kept"), "old");
        Files.setPosixFilePermissions(file("kept"), PosixFilePermissions.fromString("r--r--r--"));
        assertThat(run(URL, "-O", "kept")).isEqualTo(14);
        assertThat(err.toString()).isEqualTo("dfget: cannot write kept: permission denied\n");
        assertThat(file("kept")).hasContent("old");
    }

    @Test
    void aStoreIsNeverWrittenTo() throws Exception {
        Path data = elsewhere.resolve("home/data");
        DiskStore.open(data, DiskStoreSettings.DEFAULT, InstantSource.fixed(Instant.EPOCH)).close();
        Path content = Files.writeString(data.resolve("0".repeat(32) + ".content"), "old");
        Files.createSymbolicLink(file("link"), content);
        Files.createSymbolicLink(file("dangling"), data.resolve("new"));
        Files.createSymbolicLink(file("way"), data);
        for (String output : new String[] {content.toString(), "link", "dangling", "way/new"}) {
            err.getBuffer().setLength(0);
            assertThat(run(URL, "-O", output)).isEqualTo(14);
            assertThat(err.toString())
                    .startsWith("dfget: cannot write " + output + ": it lies in a store")
                    .hasLineCount(1);
        }
        assertThat(content).hasContent("old");
        assertThat(data.toFile().list())
                .containsExactlyInAnyOrder("lock", content.toFile().getName());
    }

    @Test
    void aDirectoryThatOnlyLooksLikeAStoreIsTheUsersOwn() throws Exception {
        playSmall("hello");
        Path data = Files.createDirectory(file("data"));
        Files.writeString(data.resolve("lock"), "mine");
        assertThat(run(URL, "-O", "data/new")).isZero();
        assertThat(data.resolve("new")).hasContent("hello");
    }
}
