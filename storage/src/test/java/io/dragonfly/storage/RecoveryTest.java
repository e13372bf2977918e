// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/// What a store makes of what others left in its directory.
final class RecoveryTest {
    private static final int BLOCK = Contents.BLOCK;
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir Path home;
    private DiskStore store;
    private Path content;
    private Path journal;

    @BeforeEach
    void leaveOne() throws IOException {
        store = open();
        Contents.writeAll(store.create(Contents.version(1, 2 * BLOCK)));
        store.close();
        content = home.resolve(Contents.id(1) + ".content");
        journal = home.resolve(Contents.id(1) + ".journal");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private DiskStore open() throws IOException {
        DiskStoreSettings settings =
                DiskStoreSettings.DEFAULT.withReserveBytes(0).withEviction(new Eviction(0, 0, 10));
        return DiskStore.open(home, settings, () -> NOW);
    }

    private void age(Path path, Duration age) throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(NOW.minus(age)));
    }

    private void overwriteJournal(ByteBuffer bytes) throws IOException {
        try (FileChannel file = FileChannel.open(journal, StandardOpenOption.WRITE)) {
            file.write(bytes, 0);
        }
    }

    @Test
    void a_journal_of_a_later_format_is_left_alone_and_its_version_not_opened() throws IOException {
        overwriteJournal(JournalFormat.preamble(JournalFormat.FORMAT + 1));
        age(journal, Duration.ofDays(30));
        age(content, Duration.ofDays(30));
        byte[] bytes = Files.readAllBytes(journal);

        store = open();

        assertThat(store.versions()).isEmpty();
        assertThatThrownBy(() -> store.create(Contents.version(1, 2 * BLOCK)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("later release");
        assertThat(journal).hasBinaryContent(bytes);
        assertThat(content).exists();
    }

    @Test
    void old_files_without_a_readable_journal_are_removed_and_young_ones_replaced()
            throws IOException {
        overwriteJournal(ByteBuffer.wrap(new byte[100]));
        Path orphan = home.resolve(Contents.id(2) + ".content");
        Files.createFile(orphan);
        age(orphan, Duration.ofMinutes(61));
        Path young = home.resolve(Contents.id(3) + ".content");
        Files.createFile(young);
        age(young, Duration.ofMinutes(59));
        age(journal, Duration.ofMinutes(59));
        age(content, Duration.ofMinutes(61));
        store = open();
        assertThat(orphan).doesNotExist();
        assertThat(young).exists();
        assertThat(journal).exists();
        store.close();

        age(journal, Duration.ofMinutes(61));
        store = open();
        assertThat(journal).doesNotExist();
        assertThat(content).doesNotExist();
        Contents.writeAll(store.create(Contents.version(3, BLOCK)));
        assertThat(store.find(Contents.id(3)).orElseThrow().reverify()).isTrue();
    }

    @Test
    void a_journal_without_content_is_removed() throws IOException {
        Files.delete(content);

        store = open();

        assertThat(store.versions()).isEmpty();
        assertThat(journal).doesNotExist();
    }

    @Test
    void a_journal_under_another_name_is_not_believed() throws IOException {
        Path other = home.resolve(Contents.id(5) + ".journal");
        Files.move(journal, other);
        Files.move(content, home.resolve(Contents.id(5) + ".content"));

        store = open();

        assertThat(store.versions()).isEmpty();
        assertThat(other).exists();
    }

    @Test
    void strange_files_are_left_alone() throws IOException {
        Path notes = home.resolve("my notes.txt");
        Path odd = home.resolve("short.content");
        Files.createFile(notes);
        Files.createFile(odd);
        age(notes, Duration.ofDays(9));
        age(odd, Duration.ofDays(9));

        store = open();

        assertThat(notes).exists();
        assertThat(odd).exists();
        assertThat(store.versions()).hasSize(1);
    }

    @Test
    void blocks_behind_the_end_of_a_cut_file_are_lost_for_good() throws IOException {
        try (FileChannel file = FileChannel.open(content, StandardOpenOption.WRITE)) {
            file.truncate(2 * BLOCK - 1);
        }
        store = open();
        StoredVersion version = store.find(Contents.id(1)).orElseThrow();
        assertThat(version.blocks().stream()).containsExactly(0);
        store.close();
        try (FileChannel file = FileChannel.open(content, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[1]), 2 * BLOCK - 1);
        }

        store = open();

        assertThat(store.find(Contents.id(1)).orElseThrow().blocks().stream()).containsExactly(0);
    }

    @Test
    void a_lost_completion_record_makes_the_version_be_verified_before_it_is_trusted()
            throws IOException {
        store = open();
        StoredVersion part = store.create(Contents.version(2, BLOCK));
        Path partJournal = home.resolve(Contents.id(2) + ".journal");
        long before = Files.size(partJournal);
        Contents.writeAll(part);
        store.close();
        try (FileChannel file = FileChannel.open(partJournal, StandardOpenOption.WRITE)) {
            file.truncate(before + JournalFormat.BLOCK_RECORD_BYTES);
        }

        store = open();

        StoredVersion again = store.find(Contents.id(2)).orElseThrow();
        assertThat(again.complete()).isTrue();
        assertThat(again.intact()).isFalse();
        assertThat(again.reverify()).isTrue();
        assertThat(again.intact()).isTrue();
    }
}
