// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/// Content files that are also outputs, whose owners do with them what they like.
final class LinkedOutputTest {
    private static final int BLOCK = Contents.BLOCK;

    @TempDir Path home;
    private DiskStore store;
    private StoredVersion version;
    private Path content;
    private Path output;

    @BeforeEach
    void completeOne() throws IOException {
        store = open();
        version = store.create(Contents.version(1, 3 * BLOCK + 5));
        Contents.writeAll(version);
        content = version.contentFile().orElseThrow();
        output = home.resolve("output");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private DiskStore open() throws IOException {
        DiskStoreSettings settings =
                DiskStoreSettings.DEFAULT.withReserveBytes(0).withEviction(new Eviction(0, 0, 10));
        return DiskStore.open(home.resolve("store"), settings, () -> Instant.EPOCH);
    }

    private void reopen() throws IOException {
        store.close();
        store = open();
        version = store.find(Contents.id(1)).orElseThrow();
    }

    private void overwrite(Path path, long position, String text) throws IOException {
        FileTime before = Files.getLastModifiedTime(path);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(position);
            file.writeBytes(text);
        }
        // The system's clock for files has coarse ticks: a test is too fast for it.
        Files.setLastModifiedTime(path, FileTime.fromMillis(before.toMillis() + 5));
    }

    @Test
    void linking_and_reading_change_nothing() throws IOException {
        Files.createLink(output, content);
        Files.readAllBytes(output);
        Files.setPosixFilePermissions(output, PosixFilePermissions.fromString("rw-rw-r--"));

        assertThat(version.intact()).isTrue();
        reopen();
        assertThat(version.intact()).isTrue();
    }

    @Test
    void a_touched_output_is_verified_once_and_then_trusted_again() throws IOException {
        Files.createLink(output, content);
        Files.setLastModifiedTime(output, FileTime.fromMillis(12345));

        assertThat(version.intact()).isFalse();
        assertThat(version.reverify()).isTrue();
        assertThat(version.intact()).isTrue();
        assertThat(version.complete()).isTrue();
        reopen();
        assertThat(version.intact()).isTrue();
    }

    @Test
    void a_changed_output_is_given_up_and_left_alone() throws IOException {
        Files.createLink(output, content);
        overwrite(output, BLOCK + 3, "mine");
        byte[] theirs = Files.readAllBytes(output);

        assertThat(version.intact()).isFalse();
        assertThat(version.reverify()).isFalse();

        assertThat(store.find(Contents.id(1))).isEmpty();
        assertThat(content).doesNotExist();
        assertThat(output).hasBinaryContent(theirs);
        assertThat(version.retain()).isFalse();
        Contents.writeAll(store.create(Contents.version(1, 3 * BLOCK + 5)));
        assertThat(output).hasBinaryContent(theirs);
    }

    @Test
    void a_change_while_the_store_was_closed_is_noticed() throws IOException {
        Files.createLink(output, content);
        store.close();
        overwrite(output, 0, "mine");
        store = open();
        version = store.find(Contents.id(1)).orElseThrow();

        assertThat(version.intact()).isFalse();
        assertThat(version.reverify()).isFalse();
        assertThat(store.find(Contents.id(1))).isEmpty();
        assertThat(output).exists();
    }

    @Test
    void an_output_that_was_cut_while_the_store_was_closed_is_given_up() throws IOException {
        Files.createLink(output, content);
        store.close();
        try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "rw")) {
            file.setLength(BLOCK);
        }
        store = open();

        assertThat(store.find(Contents.id(1))).isEmpty();
        assertThat(output).hasSize(BLOCK);
    }

    @Test
    void an_output_that_grew_is_given_up() throws IOException {
        Files.createLink(output, content);
        overwrite(output, 3 * BLOCK + 5, "more");

        assertThat(version.intact()).isFalse();
        assertThat(version.reverify()).isFalse();
        assertThat(store.find(Contents.id(1))).isEmpty();
        assertThat(output).hasSize(3 * BLOCK + 9);
    }

    @Test
    void a_file_of_our_own_that_was_damaged_loses_the_bad_blocks_only() throws IOException {
        overwrite(content, BLOCK + 3, "damage");

        assertThat(version.intact()).isFalse();
        assertThat(version.reverify()).isFalse();
        assertThat(version.blocks().stream()).containsExactly(0, 2, 3);
        Contents.write(version, 1);
        assertThat(version.complete()).isTrue();
        assertThat(version.intact()).isTrue();
        reopen();
        assertThat(version.intact()).isTrue();
        assertThat(version.reverify()).isTrue();
    }

    @Test
    void a_file_of_our_own_that_was_cut_or_extended_is_repaired() throws IOException {
        overwrite(content, 3 * BLOCK + 5, "more");
        assertThat(version.intact()).isFalse();
        assertThat(version.reverify()).isTrue();
        assertThat(content).hasSize(3 * BLOCK + 5);
        assertThat(version.intact()).isTrue();

        try (RandomAccessFile file = new RandomAccessFile(content.toFile(), "rw")) {
            file.setLength(BLOCK + 1);
        }
        assertThat(version.intact()).isFalse();
        assertThat(version.reverify()).isFalse();
        assertThat(version.blocks().stream()).containsExactly(0);
        for (int block = 1; block < 4; block++) {
            Contents.write(version, block);
        }
        assertThat(version.complete()).isTrue();
        assertThat(version.intact()).isTrue();
    }

    @Test
    void another_file_in_the_place_of_the_content_is_given_up() throws IOException {
        Path copy = home.resolve("copy");
        Files.copy(content, copy);
        Files.move(copy, content, StandardCopyOption.REPLACE_EXISTING);

        assertThat(version.intact()).isFalse();
        assertThat(version.reverify()).isFalse();
        assertThat(store.find(Contents.id(1))).isEmpty();
    }

    @Test
    void a_missing_content_file_is_not_intact() throws IOException {
        Files.delete(content);

        assertThat(version.intact()).isFalse();
    }

    @Test
    void dropping_a_block_of_a_linked_content_gives_the_version_up() throws IOException {
        Files.createLink(output, content);
        byte[] theirs = Files.readAllBytes(output);

        version.drop(1);

        assertThat(store.find(Contents.id(1))).isEmpty();
        assertThat(version.awaitBlock(1, Long.MAX_VALUE)).isEqualTo(StoredVersion.Await.ENDED);
        assertThat(output).hasBinaryContent(theirs);
    }
}
