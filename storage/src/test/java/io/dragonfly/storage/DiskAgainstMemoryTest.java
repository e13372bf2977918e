// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Geometry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// The same random operations on a disk store, which is reopened now and then, and on a memory
/// store: both answer the same.
final class DiskAgainstMemoryTest {
    private static final int BLOCK = Contents.BLOCK;
    private static final int VERSIONS = 4;
    private static final int BLOCKS = 11;
    private static final int STEPS = 150;

    /// More for a long run: `-DargLine=-Dstorage.seeds=100000`.
    private static final int SEEDS = Integer.getInteger("storage.seeds", 12);

    @TempDir Path home;

    private final class Pair implements AutoCloseable {
        private final Random random;
        private final Path dir;
        private final Store memory = new MemoryStore(1 << 20, 100, () -> Instant.EPOCH);
        private Store disk;

        Pair(long seed) throws IOException {
            random = new Random(seed);
            dir = home.resolve("store-" + seed);
            disk = open();
        }

        private Store open() throws IOException {
            DiskStoreSettings settings =
                    DiskStoreSettings.DEFAULT
                            .withReserveBytes(0)
                            .withMaxDirtyBytes(5 * BLOCK)
                            .withGrowBytes(3 * BLOCK)
                            .withEviction(new Eviction(0, 0, 10));
            return DiskStore.open(dir, settings, () -> Instant.EPOCH);
        }

        void step() throws IOException {
            int number = random.nextInt(VERSIONS);
            if (disk.find(Contents.id(number)).isEmpty()) {
                long length = number < 2 ? Geometry.UNKNOWN : random.nextInt(BLOCKS * BLOCK);
                disk.create(Contents.version(number, length));
                memory.create(Contents.version(number, length));
            }
            StoredVersion onDisk = disk.find(Contents.id(number)).orElseThrow();
            StoredVersion inMemory = memory.find(Contents.id(number)).orElseThrow();
            int block = random.nextInt(BLOCKS);
            long seed = random.nextLong();
            String first = act(onDisk, block, new Random(seed), disk);
            String second = act(inMemory, block, new Random(seed), memory);
            assertThat(first).isEqualTo(second);
            if (random.nextInt(30) == 0) {
                disk.close();
                disk = open();
            }
            compare();
        }

        /// What the operation came to, as text.
        private String act(StoredVersion version, int block, Random choice, Store store) {
            try {
                return switch (choice.nextInt(20)) {
                    case 0 -> {
                        version.drop(block);
                        yield "dropped";
                    }
                    case 1 -> {
                        version.lengthKnown(choice.nextInt(BLOCKS * BLOCK));
                        yield "length";
                    }
                    case 2 -> {
                        version.note("key" + choice.nextInt(3), "value" + choice.nextInt(3));
                        yield "noted";
                    }
                    case 3 -> {
                        if (choice.nextInt(5) == 0) {
                            store.delete(version.version().id());
                        }
                        yield "deleted";
                    }
                    case 4 -> {
                        version.sync();
                        yield "synced";
                    }
                    case 5 -> "reverified " + version.reverify();
                    case 6 -> "waited " + version.awaitBlock(block, 0);
                    case 7 -> sent(version, block);
                    default -> {
                        int length = version.version().geometry().blockLength(block);
                        // One generation in three makes another content: mostly a bug, and refused.
                        int generation = choice.nextInt(3) == 0 ? 1 : 0;
                        Contents.write(version, block, Contents.bytes(block, length, generation));
                        yield "written";
                    }
                };
            } catch (IOException | IllegalStateException | IllegalArgumentException e) {
                return e.getClass().getSimpleName();
            }
        }

        private String sent(StoredVersion version, int block) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            long count = version.transferTo(block, 1, 3, Channels.newChannel(bytes));
            return count + Arrays.toString(bytes.toByteArray());
        }

        private void compare() throws IOException {
            List<String> onDisk = new ArrayList<>();
            List<String> inMemory = new ArrayList<>();
            for (int number = 0; number < VERSIONS; number++) {
                onDisk.add(describe(disk, number));
                inMemory.add(describe(memory, number));
            }
            assertThat(onDisk).isEqualTo(inMemory);
        }

        private String describe(Store store, int number) throws IOException {
            StoredVersion version = store.find(Contents.id(number)).orElse(null);
            if (version == null) {
                return "none";
            }
            StringBuilder text = new StringBuilder();
            text.append(version.version()).append(version.blocks()).append(version.notes());
            text.append(version.complete()).append(version.intact()).append(version.blockCount());
            for (int piece = 0; piece < 3; piece++) {
                text.append(version.pieceBlocks(piece));
            }
            for (int block : version.blocks().stream().toArray()) {
                text.append(Arrays.hashCode(Contents.read(version, block)));
            }
            return text.toString();
        }

        @Override
        public void close() throws IOException {
            disk.close();
            memory.close();
        }
    }

    @Test
    void both_stores_answer_the_same() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            try (Pair pair = new Pair(seed)) {
                for (int step = 0; step < STEPS; step++) {
                    pair.step();
                }
            } catch (AssertionError | IOException | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}
