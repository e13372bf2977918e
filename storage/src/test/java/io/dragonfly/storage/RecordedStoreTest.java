// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// The stores in `store/<format>/` were written by the release with that format of the journal and
/// are never changed: whatever comes later must understand them.
final class RecordedStoreTest {
    private static final int BLOCK = Contents.BLOCK;

    @TempDir Path home;

    private static Path recorded(int format) throws Exception {
        return Path.of(
                Objects.requireNonNull(RecordedStoreTest.class.getResource("/store/" + format))
                        .toURI());
    }

    private void copy(int format) throws Exception {
        try (Stream<Path> files = Files.list(recorded(format))) {
            for (Path file : files.toList()) {
                Files.copy(file, home.resolve(file.getFileName().toString()));
            }
        }
    }

    private DiskStore open() throws IOException {
        DiskStoreSettings settings =
                DiskStoreSettings.DEFAULT.withReserveBytes(0).withEviction(new Eviction(0, 0, 10));
        return DiskStore.open(home, settings, () -> Instant.EPOCH);
    }

    private static StoredVersion version(DiskStore store, int number) {
        return store.find(Contents.id(number)).orElseThrow();
    }

    private static void assertBlocks(StoredVersion version, Integer... blocks) throws IOException {
        assertThat(version.blocks().stream().boxed().toList()).isEqualTo(List.of(blocks));
        for (int block : blocks) {
            assertThat(Contents.read(version, block)).isEqualTo(Contents.bytes(version, block));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = JournalFormat.FORMAT)
    void aRecordedStoreIsTakenUpWhole(int format) throws Exception {
        copy(format);
        try (DiskStore store = open()) {
            assertThat(store.versions()).hasSize(4);
            StoredVersion whole = version(store, 1);
            // It was copied: another inode, so it is hashed before it is served.
            assertThat(whole.complete()).isTrue();
            assertThat(whole.intact()).isFalse();
            assertThat(whole.reverify()).isTrue();
            assertThat(whole.version()).isEqualTo(Contents.version(1, 2 * BLOCK + 10));
            assertThat(whole.notes()).containsEntry("url", "http://origin.test/f");
            assertBlocks(whole, 0, 1, 2);
            assertBlocks(version(store, 2), 1, 2);
            assertBlocks(version(store, 3), 1);
            assertThat(version(store, 3).version().geometry().lengthKnown()).isFalse();
            assertThat(version(store, 4).complete()).isTrue();
            assertBlocks(version(store, 4), 0);
        }
    }

    @Test
    void aRecordedDownloadGoesOn() throws Exception {
        copy(1);
        try (DiskStore store = open()) {
            Contents.write(version(store, 2), 0);
            assertThat(version(store, 2).complete()).isTrue();
        }
        try (DiskStore store = open()) {
            assertThat(version(store, 2).complete()).isTrue();
            assertThat(version(store, 2).reverify()).isTrue();
        }
    }
}
