// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dragonfly.core.model.Geometry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// A real file system of 1 MiB that runs full. Only root may mount one; without it, [DiskStoreTest]
/// still tests the reserve.
final class FullDiskTest {
    private static final int BLOCK = Contents.BLOCK;
    private static final int MIB = 1 << 20;

    @TempDir Path home;
    private Path disk;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(home.resolve("disk"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()) == 0;
        assumeTrue(mounted, "mounting is not allowed here");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    private static int run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    private DiskStore open() throws IOException {
        DiskStoreSettings settings =
                DiskStoreSettings.DEFAULT.withReserveBytes(0).withEviction(new Eviction(0, 0, 10));
        return DiskStore.open(disk.resolve("store"), settings, () -> Instant.EPOCH);
    }

    @Test
    void space_is_taken_at_creation_so_that_what_was_accepted_fits() throws IOException {
        try (DiskStore store = open()) {
            StoredVersion version = store.create(Contents.version(1, 3 * MIB / 4));
            assertThat(store.usableBytes()).isLessThan(MIB / 4);
            assertThatThrownBy(() -> store.create(Contents.version(2, MIB / 2)))
                    .isInstanceOf(NoSpaceException.class);

            Contents.writeAll(version);

            assertThat(version.complete()).isTrue();
        }
    }

    @Test
    void a_growing_content_stops_at_the_full_disk_and_goes_on_when_there_is_room()
            throws IOException {
        try (DiskStore store = open()) {
            Path foreign = disk.resolve("foreign");
            Files.write(foreign, new byte[MIB / 2]);
            StoredVersion version = store.create(Contents.version(1, Geometry.UNKNOWN));

            assertThatThrownBy(
                            () -> {
                                for (int block = 0; block < MIB / BLOCK; block++) {
                                    Contents.write(version, block);
                                }
                            })
                    .isInstanceOf(NoSpaceException.class);

            int stored = version.blockCount();
            assertThat(stored).isBetween(100, MIB / 2 / BLOCK);
            assertThat(version.reverify()).isTrue();
            Files.delete(foreign);
            Contents.write(version, stored);
            version.lengthKnown((stored + 1L) * BLOCK);
            assertThat(version.complete()).isTrue();
        }
        try (DiskStore store = open()) {
            assertThat(store.find(Contents.id(1)).orElseThrow().complete()).isTrue();
        }
    }

    @Test
    void a_journal_that_cannot_grow_loses_nothing_that_was_written() throws IOException {
        try (DiskStore store = open()) {
            StoredVersion version = store.create(Contents.version(1, 200 * BLOCK));
            Contents.write(version, 0);
            Path foreign = disk.resolve("foreign");
            Files.write(foreign, new byte[(int) store.usableBytes()]);

            assertThatThrownBy(() -> Contents.writeAll(version))
                    .isInstanceOf(NoSpaceException.class);

            int stored = version.blockCount();
            assertThat(stored).isBetween(1, 199);
            Files.delete(foreign);
            Contents.writeAll(version);
            assertThat(version.complete()).isTrue();
        }
        try (DiskStore store = open()) {
            StoredVersion version = store.find(Contents.id(1)).orElseThrow();
            assertThat(version.complete()).isTrue();
            assertThat(version.reverify()).isTrue();
        }
    }
}
