// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.VersionId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

final class DiskStoreTest extends StoreContract {
    private static final int BLOCK = Contents.BLOCK;
    private static final Eviction NO_EVICTION = new Eviction(0, 0, 100);

    @TempDir Path home;

    @Override
    Store open(long bytes) throws IOException {
        return open(DiskStoreSettings.DEFAULT.withReserveBytes(0).withEviction(NO_EVICTION));
    }

    private DiskStore open(DiskStoreSettings settings) throws IOException {
        return DiskStore.open(home.resolve("store"), settings, now::get);
    }

    private DiskStore reopen() throws IOException {
        store.close();
        DiskStore reopened = (DiskStore) open(0);
        store = reopened;
        return reopened;
    }

    private Path content(int number) {
        return home.resolve("store").resolve(Contents.id(number) + ".content");
    }

    private Path journal(int number) {
        return home.resolve("store").resolve(Contents.id(number) + ".journal");
    }

    @Test
    void the_content_file_is_the_content_and_only_the_owner_gets_at_it() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK + 10));
        Contents.writeAll(version);

        Path file = version.contentFile().orElseThrow();
        assertThat(file).isEqualTo(content(1)).hasSize(2 * BLOCK + 10);
        byte[] bytes = Files.readAllBytes(file);
        for (int block = 0; block < 3; block++) {
            int from = block * BLOCK;
            byte[] part = Arrays.copyOfRange(bytes, from, Math.min(from + BLOCK, bytes.length));
            assertThat(part).isEqualTo(Contents.bytes(version, block));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void the_space_of_a_new_version_is_reserved_at_once() throws IOException {
        store.create(Contents.version(1, 1 << 20));

        Object blocks = Files.getAttribute(content(1), "unix:size");
        assertThat(blocks).isEqualTo(1L << 20);
    }

    @Test
    void an_unknown_length_is_reserved_in_steps_and_cut_at_the_end() throws IOException {
        store.close();
        store =
                open(
                        DiskStoreSettings.DEFAULT
                                .withReserveBytes(0)
                                .withGrowBytes(10 * BLOCK)
                                .withEviction(NO_EVICTION));
        StoredVersion version = store.create(Contents.version(1, Geometry.UNKNOWN));
        Contents.write(version, 0);
        assertThat(content(1)).hasSize(10 * BLOCK);
        Contents.write(version, 10);
        assertThat(content(1)).hasSize(20 * BLOCK);

        version.lengthKnown(11 * BLOCK + 3);

        assertThat(content(1)).hasSize(11 * BLOCK + 3);
    }

    @Test
    void everything_is_there_after_closing_and_opening() throws IOException {
        StoredVersion full = store.create(Contents.version(1, 2 * BLOCK + 10));
        Contents.writeAll(full);
        StoredVersion part = store.create(Contents.version(2, Geometry.UNKNOWN));
        Contents.write(part, 3);
        Contents.write(part, 1);
        part.drop(1);
        part.note("url", "http://origin/x");
        store.create(Contents.version(3, 0));
        now.set(Instant.ofEpochMilli(5_000_000));
        full.touch();

        DiskStore reopened = reopen();

        assertThat(reopened.versions()).hasSize(3);
        StoredVersion full2 = reopened.find(Contents.id(1)).orElseThrow();
        assertThat(full2.version()).isEqualTo(Contents.version(1, 2 * BLOCK + 10));
        assertThat(full2.complete()).isTrue();
        assertThat(full2.intact()).isTrue();
        assertThat(full2.reverify()).isTrue();
        assertThat(full2.lastUsedMillis()).isEqualTo(5_000_000);
        StoredVersion part2 = reopened.find(Contents.id(2)).orElseThrow();
        assertThat(part2.blocks().stream()).containsExactly(3);
        assertThat(part2.notes()).containsExactly(Map.entry("url", "http://origin/x"));
        assertThat(Contents.read(part2, 3)).isEqualTo(Contents.bytes(part, 3));
        Contents.write(part2, 0);
        part2.lengthKnown(4 * BLOCK);
        assertThat(reopened.find(Contents.id(3)).orElseThrow().complete()).isTrue();
        assertThat(reopen().find(Contents.id(2)).orElseThrow().version().geometry().length())
                .isEqualTo(4 * BLOCK);
    }

    @Test
    void a_second_opening_is_refused_with_one_clear_line() {
        assertThatThrownBy(() -> open(0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is in use by another process");
    }

    @Test
    void the_reserve_is_never_taken() throws IOException {
        store.close();
        long free = home.toFile().getUsableSpace();
        store = open(DiskStoreSettings.DEFAULT.withReserveBytes(Long.MAX_VALUE / 2));
        assertThat(free).isPositive();
        assertThat(store.usableBytes()).isZero();

        assertThatThrownBy(() -> store.create(Contents.version(1, 1)))
                .isInstanceOf(NoSpaceException.class)
                .hasMessageContaining("room for 0 bytes");
        assertThat(content(1)).doesNotExist();
        assertThat(journal(1)).doesNotExist();
    }

    @Test
    void the_number_of_versions_is_limited() throws IOException {
        for (int i = 0; i < 100; i++) {
            store.create(Contents.version(i, 0));
        }

        assertThatThrownBy(() -> store.create(Contents.version(100, 0)))
                .isInstanceOf(NoSpaceException.class);
    }

    @Test
    void deleting_removes_the_files() throws IOException {
        Contents.writeAll(store.create(Contents.version(1, BLOCK)));
        store.delete(Contents.id(1));

        assertThat(content(1)).doesNotExist();
        assertThat(journal(1)).doesNotExist();
        assertThat(reopen().versions()).isEmpty();
    }

    @Test
    void eviction_takes_the_least_recently_used_and_spares_what_is_used_or_linked()
            throws IOException {
        store.close();
        Eviction everything = new Eviction(Long.MAX_VALUE, Long.MAX_VALUE, 100);
        DiskStore disk =
                open(DiskStoreSettings.DEFAULT.withReserveBytes(0).withEviction(everything));
        store = disk;
        for (int i = 1; i <= 4; i++) {
            now.set(Instant.ofEpochMilli(1_000_000 - i));
            Contents.writeAll(disk.create(Contents.version(i, BLOCK)));
        }
        disk.find(Contents.id(2)).orElseThrow().retain();
        Files.createLink(home.resolve("output"), content(3));

        List<VersionId> evicted = disk.evict(0);

        assertThat(evicted).containsExactly(Contents.id(4), Contents.id(1));
        assertThat(disk.versions()).hasSize(2);
    }

    @Test
    void eviction_does_nothing_while_there_is_room() throws IOException {
        Contents.writeAll(store.create(Contents.version(1, BLOCK)));

        assertThat(((DiskStore) store).evict(0)).isEmpty();
        assertThat(((DiskStore) store).evict(Long.MAX_VALUE)).containsExactly(Contents.id(1));
    }

    @Test
    void files_of_more_versions_than_may_rest_open_are_opened_again() throws IOException {
        store.close();
        store =
                open(
                        DiskStoreSettings.DEFAULT
                                .withReserveBytes(0)
                                .withEviction(new Eviction(0, 0, 1000)));
        for (int i = 0; i < 200; i++) {
            StoredVersion version = store.create(Contents.version(i, 2 * BLOCK));
            version.retain();
            Contents.write(version, 0);
            version.release();
        }

        for (int i = 0; i < 200; i++) {
            StoredVersion version = store.find(Contents.id(i)).orElseThrow();
            Contents.write(version, 1);
            assertThat(version.complete()).isTrue();
            assertThat(Contents.read(version, 0)).isEqualTo(Contents.bytes(version, 0));
        }
    }

    @Test
    void journals_do_not_grow_without_bound_by_notes() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK));
        Contents.write(version, 1);
        String padding = "x".repeat(4000);
        for (int i = 0; i < 300; i++) {
            version.note("freshness", padding + i);
        }
        Contents.write(version, 0);

        assertThat(Files.size(journal(1))).isLessThan(400_000);
        StoredVersion again = reopen().find(Contents.id(1)).orElseThrow();
        assertThat(again.complete()).isTrue();
        assertThat(again.intact()).isTrue();
        assertThat(again.notes()).containsEntry("freshness", padding + 299);
    }
}
