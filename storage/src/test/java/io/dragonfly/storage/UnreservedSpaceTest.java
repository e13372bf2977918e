// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Geometry;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/// A file system that cannot reserve space: the store keeps count of what it promised.
///
/// The free space of these files never changes, so what is usable shows the promises alone.
final class UnreservedSpaceTest {
    private static final int BLOCK = Contents.BLOCK;
    private static final long FREE = 100 * BLOCK;

    private final CrashingFiles files = new CrashingFiles(new Random(1));
    private DiskStore store;

    @BeforeEach
    void openStore() throws IOException {
        files.cannotReserve(FREE);
        store = open();
    }

    private DiskStore open() throws IOException {
        DiskStoreSettings settings =
                new DiskStoreSettings(
                        0,
                        1 << 20,
                        10 * BLOCK,
                        Duration.ofHours(1),
                        Long.MAX_VALUE,
                        new Eviction(0, 0, 10));
        return new DiskStore(Path.of("store"), settings, () -> Instant.EPOCH, files, _ -> {});
    }

    @Test
    void a_promise_counts_until_it_is_written() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 60 * BLOCK));
        assertThat(store.usableBytes()).isEqualTo(FREE - 60 * BLOCK);
        assertThatThrownBy(() -> store.create(Contents.version(2, 50 * BLOCK)))
                .isInstanceOf(NoSpaceException.class);

        Contents.write(version, 3);
        assertThat(store.usableBytes()).isEqualTo(FREE - 59 * BLOCK);
        Contents.writeAll(version);
        assertThat(store.usableBytes()).isEqualTo(FREE);
    }

    @Test
    void deleting_gives_a_promise_back() throws IOException {
        store.create(Contents.version(1, 60 * BLOCK));
        store.delete(Contents.id(1));

        assertThat(store.usableBytes()).isEqualTo(FREE);
    }

    @Test
    void an_unknown_length_is_promised_in_steps_until_the_end_is_seen() throws IOException {
        StoredVersion version = store.create(Contents.version(1, Geometry.UNKNOWN));
        Contents.write(version, 0);
        assertThat(store.usableBytes()).isEqualTo(FREE - 9 * BLOCK);

        version.lengthKnown(3 * BLOCK);
        assertThat(store.usableBytes()).isEqualTo(FREE - 2 * BLOCK);
        Contents.write(version, 1);
        Contents.write(version, 2);
        assertThat(store.usableBytes()).isEqualTo(FREE);
        assertThat(version.complete()).isTrue();
    }

    @Test
    void a_promise_is_remembered_when_the_store_is_opened_again() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 60 * BLOCK));
        Contents.write(version, 0);
        Contents.write(version, 1);
        store.close();

        store = open();

        assertThat(store.usableBytes()).isEqualTo(FREE - 58 * BLOCK);
    }
}
