// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Sha256;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/// Journals of any bytes: the store opens, and what it then says is here was said by the journal
/// before the first damaged byte.
final class JournalFuzzTest {
    private static final int BLOCK = Contents.BLOCK;
    private static final Path DIR = Path.of("store");
    private static final Path JOURNAL = DIR.resolve(Contents.id(1) + Recovery.JOURNAL);
    private static final Path CONTENT = DIR.resolve(Contents.id(1) + Recovery.CONTENT);

    private byte[] journal = new byte[0];
    private byte[] content = new byte[0];

    /// Where records end, with the blocks that are here by then.
    private final List<Integer> ends = new ArrayList<>();

    private final List<BitSet> blocksAt = new ArrayList<>();

    @BeforeEach
    void writeJournal() throws IOException {
        CrashingFiles files = new CrashingFiles(new Random(1));
        DiskStore store = open(files);
        StoredVersion version = store.create(Contents.version(1, 5 * BLOCK));
        remember(files, version);
        for (int block : new int[] {3, 0, 1}) {
            Contents.write(version, block);
            remember(files, version);
        }
        version.sync();
        remember(files, version);
        version.drop(3);
        remember(files, version);
        version.note("url", "http://origin/x");
        remember(files, version);
        Contents.write(version, 3);
        remember(files, version);
        Contents.write(version, 4);
        remember(files, version);
        journal = bytes(files, JOURNAL);
        content = bytes(files, CONTENT);
    }

    private void remember(CrashingFiles files, StoredVersion version) throws IOException {
        ends.add((int) files.stamp(JOURNAL).size());
        blocksAt.add(version.blocks());
    }

    private static byte[] bytes(CrashingFiles files, Path path) throws IOException {
        try (StoreFile file = files.open(path)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    private static DiskStore open(CrashingFiles files) throws IOException {
        DiskStoreSettings settings =
                new DiskStoreSettings(
                        0,
                        1 << 20,
                        1 << 20,
                        Duration.ofHours(1),
                        Long.MAX_VALUE,
                        new Eviction(0, 0, 10));
        return new DiskStore(DIR, settings, () -> Instant.EPOCH, files, _ -> {});
    }

    /// The blocks that a journal undamaged up to `offset` vouches for; none before the header's
    /// end.
    private BitSet expected(int offset) {
        BitSet blocks = new BitSet();
        for (int i = 0; i < ends.size() && ends.get(i) <= offset; i++) {
            blocks = blocksAt.get(i);
        }
        return blocks;
    }

    /// Opens a store with that journal; the blocks it says are here, all of them right.
    private BitSet opened(byte[] bytes) throws IOException {
        CrashingFiles files = new CrashingFiles(new Random(1));
        put(files, JOURNAL, bytes);
        put(files, CONTENT, content);
        DiskStore store = open(files);
        if (store.find(Contents.id(1)).isEmpty()) {
            return new BitSet();
        }
        StoredVersion version = store.find(Contents.id(1)).orElseThrow();
        BitSet blocks = version.blocks();
        for (int block : blocks.stream().toArray()) {
            byte[] read = Contents.read(version, block);
            assertThat(version.digest(block)).contains(Sha256.of(read));
            assertThat(read).isEqualTo(Contents.bytes(version, block));
        }
        goesOn(files, version, blocks);
        return blocks;
    }

    /// What follows a cut tail is kept by the next opening.
    private void goesOn(CrashingFiles files, StoredVersion version, BitSet blocks)
            throws IOException {
        Contents.write(version, 2);
        files.killProcess();
        BitSet expected = (BitSet) blocks.clone();
        expected.set(2);
        StoredVersion again = open(files).find(Contents.id(1)).orElseThrow();
        assertThat(again.blocks()).isEqualTo(expected);
    }

    private static void put(CrashingFiles files, Path path, byte[] bytes) throws IOException {
        try (StoreFile file = files.create(path)) {
            file.write(ByteBuffer.wrap(bytes), 0);
        }
    }

    @Test
    void a_whole_journal_is_read_whole() throws IOException {
        assertThat(opened(journal)).isEqualTo(expected(journal.length));
        assertThat(expected(journal.length).cardinality()).isEqualTo(4);
    }

    @Test
    void a_journal_cut_anywhere_counts_up_to_the_cut() throws IOException {
        for (int length = 0; length < journal.length; length++) {
            assertThat(opened(Arrays.copyOf(journal, length)))
                    .as("cut at %d", length)
                    .isEqualTo(expected(length));
        }
    }

    @Test
    void a_journal_with_a_flipped_bit_counts_up_to_it() throws IOException {
        for (int bit = 0; bit < journal.length * 8; bit++) {
            byte[] flipped = journal.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(opened(flipped)).as("bit %d", bit).isEqualTo(expected(bit / 8));
        }
    }

    @Test
    void a_tail_of_zeros_or_garbage_does_not_count() throws IOException {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int kept = random.nextInt(journal.length + 1);
            byte[] head = Arrays.copyOf(journal, kept);
            byte[] bytes = Arrays.copyOf(head, kept + random.nextInt(200));
            if (random.nextBoolean()) {
                byte[] garbage = new byte[bytes.length - kept];
                random.nextBytes(garbage);
                System.arraycopy(garbage, 0, bytes, kept, garbage.length);
            }
            assertThat(opened(bytes)).as("seed %d", seed).isEqualTo(expected(kept));
        }
    }

    @Test
    void random_bytes_are_no_journal() throws IOException {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(2000)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                ByteBuffer preamble = JournalFormat.preamble();
                preamble.get(bytes, 0, Math.min(bytes.length, preamble.remaining()));
            }
            assertThat(opened(bytes).isEmpty()).as("seed %d", seed).isTrue();
        }
    }

    @Test
    void shuffled_records_do_not_count() throws IOException {
        for (int first = 1; first < ends.size() - 1; first++) {
            byte[] swapped = journal.clone();
            int from = ends.get(first - 1);
            int middle = ends.get(first);
            int end = ends.get(first + 1);
            System.arraycopy(journal, middle, swapped, from, end - middle);
            System.arraycopy(journal, from, swapped, from + end - middle, middle - from);
            assertThat(opened(swapped)).as("record %d", first).isEqualTo(expected(from));
        }
    }

    @Test
    void a_record_that_follows_another_than_it_was_written_behind_is_not_valid() {
        JournalRecord record = new JournalRecord.BlockDropped(7);
        ByteBuffer bytes = JournalFormat.encode(record, 1);

        assertThat(JournalFormat.decode(bytes, 1)).contains(record);
        assertThat(JournalFormat.decode(bytes, 2)).isEmpty();
    }
}
