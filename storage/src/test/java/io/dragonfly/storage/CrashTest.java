// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/// Lives of a store that end anywhere, with a killed process or a power cut, over files that lose
/// what was not synced. After each end:
/// - no block counts whose bytes are not those of its digest;
/// - what `write` returned for is there after a kill, what was synced is there after a power cut.
final class CrashTest {
    private static final int BLOCK = Contents.BLOCK;
    private static final int VERSIONS = 3;
    private static final int BLOCKS = 9;
    private static final int LIVES = 6;

    /// More for a long run: `-DargLine=-Dstorage.seeds=100000`.
    private static final int SEEDS = Integer.getInteger("storage.seeds", 400);

    /// What the store owes for one version.
    private static final class Owed {
        private final Map<Integer, Sha256> written = new TreeMap<>();
        private final Map<Integer, Sha256> durable = new TreeMap<>();
        private long length = Geometry.UNKNOWN;
        private boolean durableLength;

        /// What the operation under way may change, at the moment of a crash.
        private final TreeSet<Integer> doubtful = new TreeSet<>();

        private boolean deleting;
    }

    private static final class Lives {
        private final Random random;
        private final CrashingFiles files;
        private final ArrayDeque<Runnable> queuedSyncs = new ArrayDeque<>();
        private final Map<Integer, Owed> owed = new HashMap<>();
        private DiskStore store;

        Lives(long seed) throws IOException {
            random = new Random(seed);
            files = new CrashingFiles(random);
            store = open();
        }

        private DiskStore open() throws IOException {
            queuedSyncs.clear();
            DiskStoreSettings settings =
                    new DiskStoreSettings(
                            0,
                            3 * BLOCK,
                            2 * BLOCK,
                            Duration.ofHours(1),
                            Long.MAX_VALUE,
                            new Eviction(0, 0, 10));
            return new DiskStore(
                    Path.of("store"), settings, () -> Instant.EPOCH, files, queuedSyncs::add);
        }

        void run() throws IOException {
            for (int life = 0; life < LIVES; life++) {
                if (random.nextInt(4) > 0) {
                    files.dieAfter(random.nextInt(120));
                }
                live(random.nextInt(80));
                boolean cut = random.nextBoolean();
                end(cut);
                // Taking up what was left may be interrupted, too.
                if (random.nextBoolean()) {
                    files.dieAfter(random.nextInt(12));
                    openAnyway();
                    boolean cutAgain = random.nextBoolean();
                    end(cutAgain);
                    cut |= cutAgain;
                }
                store = open();
                check(cut);
            }
        }

        private void openAnyway() {
            try {
                store = open();
            } catch (IOException e) {
                assertThat(files.dead()).isTrue();
            }
        }

        private void end(boolean cut) {
            if (cut) {
                files.cutPower();
            } else {
                files.killProcess();
            }
        }

        private void live(int steps) throws IOException {
            try {
                for (int i = 0; i < steps; i++) {
                    step();
                }
                if (random.nextInt(8) == 0) {
                    store.close();
                    owed.values().forEach(this::allDurable);
                }
            } catch (IOException e) {
                if (!files.dead()) {
                    throw e;
                }
            }
        }

        private void step() throws IOException {
            int number = random.nextInt(VERSIONS);
            StoredVersion version = store.find(Contents.id(number)).orElse(null);
            if (version == null) {
                long length = number == 0 ? Geometry.UNKNOWN : (long) BLOCKS * BLOCK - number;
                owed.remove(number);
                store.create(Contents.version(number, length));
                Owed fresh = new Owed();
                fresh.length = length;
                fresh.durableLength = number > 0;
                owed.put(number, fresh);
                return;
            }
            Owed owes = Objects.requireNonNull(owed.get(number));
            switch (random.nextInt(16)) {
                case 0 -> drop(version, owes);
                case 1 -> {
                    version.sync();
                    allDurable(owes);
                }
                case 2 -> lengthKnown(version, owes);
                case 3 -> version.note("key" + random.nextInt(3), "v".repeat(random.nextInt(90)));
                case 4 -> runQueuedSync();
                case 5 -> maybeDelete(number, owes);
                default -> write(version, owes);
            }
        }

        private void runQueuedSync() {
            Runnable sync = queuedSyncs.poll();
            if (sync != null) {
                sync.run();
            }
        }

        private void maybeDelete(int number, Owed owes) throws IOException {
            if (random.nextInt(4) == 0) {
                owes.deleting = true;
                store.delete(Contents.id(number));
                owed.remove(number);
            }
        }

        private void write(StoredVersion version, Owed owes) throws IOException {
            int block = random.nextInt(BLOCKS);
            Geometry geometry = version.version().geometry();
            if (version.has(block) || (geometry.lengthKnown() && block >= geometry.blocks())) {
                return;
            }
            byte[] bytes = Contents.bytes(block, geometry.blockLength(block), random.nextInt(1000));
            owes.doubtful.add(block);
            Contents.write(version, block, bytes);
            owes.doubtful.clear();
            owes.written.put(block, Sha256.of(bytes));
        }

        private void drop(StoredVersion version, Owed owes) throws IOException {
            int block = random.nextInt(BLOCKS);
            owes.doubtful.add(block);
            version.drop(block);
            owes.doubtful.clear();
            owes.written.remove(block);
            owes.durable.remove(block);
        }

        private void lengthKnown(StoredVersion version, Owed owes) throws IOException {
            if (owes.length == Geometry.UNKNOWN) {
                long length = version.blocks().length() * (long) BLOCK + random.nextInt(BLOCK);
                version.lengthKnown(length);
                owes.length = length;
            }
        }

        private void allDurable(Owed owes) {
            owes.durable.putAll(owes.written);
            owes.durableLength = owes.length != Geometry.UNKNOWN;
        }

        private void check(boolean cut) throws IOException {
            for (int number = 0; number < VERSIONS; number++) {
                Owed owes = owed.remove(number);
                Optional<StoredVersion> found = store.find(Contents.id(number));
                if (found.isPresent()) {
                    checkBytes(found.get());
                }
                if (owes != null && !owes.deleting) {
                    checkOwed(found, owes, cut);
                }
                if (found.isPresent()) {
                    owed.put(number, takenOver(found.get(), owes, cut));
                }
            }
        }

        private void checkOwed(Optional<StoredVersion> found, Owed owes, boolean cut) {
            Map<Integer, Sha256> due = new TreeMap<>(cut ? owes.durable : owes.written);
            due.keySet().removeAll(owes.doubtful);
            due.forEach((block, digest) ->
                    assertThat(found.flatMap(v -> v.digest(block))).contains(digest));
            boolean lengthDue = owes.length != Geometry.UNKNOWN && (!cut || owes.durableLength);
            if (found.isPresent() && lengthDue) {
                assertThat(found.get().version().geometry().length()).isEqualTo(owes.length);
            }
        }

        private void checkBytes(StoredVersion version) throws IOException {
            for (int block : version.blocks().stream().toArray()) {
                assertThat(Sha256.of(Contents.read(version, block)))
                        .isEqualTo(version.digest(block).orElseThrow());
            }
            if (!version.intact()) {
                assertThat(version.reverify()).isTrue();
            }
        }

        /// From here on the store owes what it said it has.
        private Owed takenOver(StoredVersion version, @Nullable Owed before, boolean cut) {
            Owed owes = new Owed();
            owes.length = version.version().geometry().length();
            version.blocks().stream()
                    .forEach(b -> owes.written.put(b, version.digest(b).orElseThrow()));
            if (cut) {
                owes.durable.putAll(owes.written);
            } else if (before != null) {
                owes.durable.putAll(before.durable);
                owes.durable.keySet().removeAll(before.doubtful);
                owes.durableLength = before.durableLength;
            }
            return owes;
        }
    }

    @Test
    void no_block_is_wrong_and_none_is_lost_that_was_promised() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                new Lives(seed).run();
            } catch (AssertionError | IOException | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    /// The process dies inside `drop`, when only the system's cache knows of it; the next one
    /// writes the block anew; then the power goes. The old record must not vouch for the new bytes.
    @Test
    void a_drop_that_a_dead_process_left_unsynced_is_synced_before_the_block_is_written_again()
            throws IOException {
        for (long seed = 0; seed < 200; seed++) {
            Lives lives = new Lives(seed);
            StoredVersion first = lives.store.create(Contents.version(1, BLOCK * 2L));
            Contents.writeAll(first);
            first.sync();
            lives.files.dieAfter(1);
            assertThatThrownBy(() -> first.drop(0)).isInstanceOf(IOException.class);
            lives.files.killProcess();

            lives.store = lives.open();
            StoredVersion second = lives.store.find(Contents.id(1)).orElseThrow();
            assertThat(second.has(0)).isFalse();
            Contents.write(second, 0, Contents.bytes(0, BLOCK, 7));
            lives.files.cutPower();

            lives.store = lives.open();
            StoredVersion third = lives.store.find(Contents.id(1)).orElseThrow();
            lives.checkBytes(third);
            assertThat(third.has(1)).isTrue();
        }
    }

    /// The process dies inside `delete`, when only the system's cache knows that the journal is
    /// gone; the next one creates the version anew; then the power goes. The old journal must not
    /// come back to vouch for the new content.
    @Test
    void a_removal_that_a_dead_process_left_unsynced_is_synced_before_the_name_is_used_again()
            throws IOException {
        for (long seed = 0; seed < 200; seed++) {
            Lives lives = new Lives(seed);
            StoredVersion first = lives.store.create(Contents.version(1, BLOCK * 2L));
            Contents.writeAll(first);
            first.sync();
            lives.files.dieAfter(1);
            assertThatThrownBy(() -> lives.store.delete(Contents.id(1)))
                    .isInstanceOf(IOException.class);
            lives.files.killProcess();

            lives.store = lives.open();
            StoredVersion second = lives.store.create(Contents.version(1, BLOCK * 2L));
            Contents.write(second, 0, Contents.bytes(0, BLOCK, 7));
            lives.files.cutPower();

            lives.store = lives.open();
            for (StoredVersion third : lives.store.versions()) {
                lives.checkBytes(third);
                assertThat(third.has(1)).isFalse();
            }
        }
    }

    @Test
    void after_a_failed_sync_nothing_is_promised_any_more() throws IOException {
        Lives lives = new Lives(1);
        StoredVersion version = lives.store.create(Contents.version(1, BLOCK * 3L));
        Contents.write(version, 0);
        version.sync();
        Contents.write(version, 1);
        lives.files.failSyncs(true);
        assertThatThrownBy(version::sync).isInstanceOf(IOException.class);
        lives.files.failSyncs(false);
        assertThatThrownBy(version::sync)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("an earlier sync");
        Contents.write(version, 2);
        assertThat(version.complete()).isTrue();
        lives.files.cutPower();

        lives.store = lives.open();

        StoredVersion again = lives.store.find(Contents.id(1)).orElseThrow();
        assertThat(again.has(0)).isTrue();
        lives.checkBytes(again);
    }

    @Test
    void a_block_that_is_journalled_counts_even_where_the_sync_behind_it_fails()
            throws IOException {
        Lives lives = new Lives(1);
        StoredVersion version = lives.store.create(Contents.version(1, BLOCK * 9L));
        lives.files.failSyncs(true);
        assertThatThrownBy(() -> Contents.writeAll(version)).isInstanceOf(IOException.class);
        int stored = version.blockCount();
        assertThat(stored).isEqualTo(6);
        lives.files.killProcess();

        lives.store = lives.open();

        assertThat(lives.store.find(Contents.id(1)).orElseThrow().blockCount()).isEqualTo(stored);
    }
}
