// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Sha256;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Many threads do everything at once to few versions: whoever reads a block reads one content that
/// it had, whole, or gets an [IOException].
final class ConcurrencyTest {
    private static final int BLOCK = Contents.BLOCK;
    private static final int BLOCKS = 8;
    private static final int VERSIONS = 2;
    private static final int GENERATIONS = 3;
    private static final int THREADS = 12;
    private static final int STEPS = 1500;

    @TempDir Path home;

    private static byte[] bytes(int block, int generation) {
        return Contents.bytes(block, BLOCK, generation);
    }

    private static DiskStore open(Path dir) throws IOException {
        DiskStoreSettings settings =
                DiskStoreSettings.DEFAULT
                        .withReserveBytes(0)
                        .withMaxDirtyBytes(3 * BLOCK)
                        .withEviction(new Eviction(0, 0, 10));
        return DiskStore.open(dir, settings, InstantSource.system());
    }

    @Test
    void readers_of_a_disk_store_see_whole_blocks_whatever_others_do() throws Exception {
        try (DiskStore store = open(home.resolve("store"))) {
            runAll(store);
        }
        try (DiskStore store = open(home.resolve("store"))) {
            for (StoredVersion version : store.versions()) {
                assertThat(version.reverify()).isTrue();
            }
        }
    }

    @Test
    void readers_of_a_memory_store_see_whole_blocks_whatever_others_do() throws Exception {
        try (MemoryStore store = new MemoryStore(1 << 20, 10, InstantSource.system())) {
            runAll(store);
        }
    }

    @Test
    void a_store_is_closed_under_its_users() throws Exception {
        for (int round = 0; round < 20; round++) {
            DiskStore store = open(home.resolve("store" + round));
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> users = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    Random random = new Random(i);
                    users.add(threads.submit(() -> useUntilClosed(store, random)));
                }
                while (store.versions().isEmpty()) {
                    Thread.onSpinWait();
                }
                store.close();
                for (Future<?> user : users) {
                    user.get();
                }
            }
            try (DiskStore again = open(home.resolve("store" + round))) {
                for (StoredVersion version : again.versions()) {
                    assertThat(version.reverify()).isTrue();
                }
            }
        }
    }

    private static void useUntilClosed(Store store, Random random) {
        while (step(store, random)) {}
    }

    private void runAll(Store store) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(i);
                all.add(
                        threads.submit(() -> {
                            for (int step = 0; step < STEPS; step++) {
                                step(store, random);
                            }
                        }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
    }

    /// Whether the store is still open.
    private static boolean step(Store store, Random random) {
        int number = random.nextInt(VERSIONS);
        Optional<StoredVersion> found = store.find(Contents.id(number));
        try {
            if (found.isEmpty()) {
                store.create(Contents.version(number, (long) BLOCKS * BLOCK));
                return true;
            }
        } catch (IllegalStateException e) {
            return true;
        } catch (IOException e) {
            return !String.valueOf(e.getMessage()).contains("closed");
        }
        StoredVersion version = found.get();
        if (version.retain()) {
            try {
                use(store, version, random);
            } finally {
                version.release();
            }
        }
        return true;
    }

    private static void use(Store store, StoredVersion version, Random random) {
        int block = random.nextInt(BLOCKS);
        try {
            switch (random.nextInt(40)) {
                case 0 -> store.delete(version.version().id());
                case 1, 2, 3 -> version.drop(block);
                case 4 -> version.sync();
                case 5 -> version.note("key", "value" + random.nextInt(9));
                case 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 -> {
                    byte[] bytes = bytes(block, random.nextInt(GENERATIONS));
                    version.write(block, Sha256.of(bytes), ByteBuffer.wrap(bytes));
                }
                default -> readWhole(version, block);
            }
        } catch (IOException | IllegalStateException e) {
            // Deleted, dropped, or here with the bytes of another generation: all fair.
        }
    }

    private static void readWhole(StoredVersion version, int block) throws IOException {
        byte[] read = Contents.read(version, block);
        for (int generation = 0; generation < GENERATIONS; generation++) {
            if (Arrays.equals(read, bytes(block, generation))) {
                return;
            }
        }
        throw new AssertionError("block " + block + " is no content that was ever written");
    }
}
