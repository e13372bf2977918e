// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// What every [StoredVersion] does with blocks and lengths; the first part of [StoreContract].
abstract class BlockContract {
    static final int BLOCK = Contents.BLOCK;
    static final long LONG = TimeUnit.MINUTES.toNanos(5);

    final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochMilli(1_000_000));
    Store store;

    /// An empty store of that many bytes (about, if it is a disk) whose clock is `now`.
    abstract Store open(long bytes) throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        store = open(1 << 20);
    }

    @AfterEach
    void closeStore() throws IOException {
        store.close();
    }

    @Test
    void a_new_version_has_nothing() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK + 10));

        assertThat(version.version()).isEqualTo(Contents.version(1, 2 * BLOCK + 10));
        assertThat(version.blockCount()).isZero();
        assertThat(version.blocks().isEmpty()).isTrue();
        assertThat(version.complete()).isFalse();
        assertThat(version.digest(0)).isEmpty();
        assertThat(version.has(0)).isFalse();
        assertThat(store.find(Contents.id(1))).containsSame(version);
        assertThat(store.find(Contents.id(2))).isEmpty();
        assertThat(store.versions()).containsExactly(version);
    }

    @Test
    void blocks_are_read_as_they_were_written_in_any_order() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK + 10));

        Contents.write(version, 2);
        assertThat(version.complete()).isFalse();
        Contents.write(version, 0);
        Contents.write(version, 1);

        assertThat(version.complete()).isTrue();
        assertThat(version.blockCount()).isEqualTo(3);
        assertThat(version.intact()).isTrue();
        for (int block = 0; block < 3; block++) {
            assertThat(Contents.read(version, block)).isEqualTo(Contents.bytes(version, block));
            assertThat(version.digest(block)).contains(Sha256.of(Contents.bytes(version, block)));
        }
        assertThat(version.reverify()).isTrue();
    }

    @Test
    void writing_and_reading_respect_positions() throws IOException {
        StoredVersion version = store.create(Contents.version(1, BLOCK));
        byte[] bytes = Contents.bytes(0, BLOCK, 0);
        ByteBuffer data = ByteBuffer.allocate(BLOCK + 20).position(10).put(bytes).flip();
        data.position(10);

        version.write(0, Sha256.of(bytes), data);
        ByteBuffer target = ByteBuffer.allocate(BLOCK + 20).position(5);
        version.read(0, target);

        assertThat(data.position()).isEqualTo(10);
        assertThat(target.position()).isEqualTo(BLOCK + 5);
        assertThat(target.slice(5, BLOCK)).isEqualTo(ByteBuffer.wrap(bytes));
        assertThatThrownBy(() -> version.read(0, ByteBuffer.allocate(BLOCK - 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_empty_content_is_complete_at_once() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 0));

        assertThat(version.complete()).isTrue();
        assertThat(version.intact()).isTrue();
        assertThat(version.reverify()).isTrue();
        assertThat(version.awaitBlock(0, LONG)).isEqualTo(StoredVersion.Await.ENDED);
        assertThat(version.pieceBlocks(0)).isEmpty();
    }

    @Test
    void an_empty_content_of_unknown_length_is_complete_when_its_end_is_seen() throws IOException {
        StoredVersion version = store.create(Contents.version(1, Geometry.UNKNOWN));
        assertThat(version.complete()).isFalse();

        version.lengthKnown(0);

        assertThat(version.complete()).isTrue();
        assertThat(version.intact()).isTrue();
    }

    @Test
    void a_content_of_unknown_length_grows_until_its_end_is_seen() throws IOException {
        StoredVersion version = store.create(Contents.version(1, Geometry.UNKNOWN));
        for (int block = 0; block < 9; block++) {
            Contents.write(version, block);
        }
        assertThat(version.complete()).isFalse();
        assertThat(version.pieceBlocks(0)).isPresent();
        assertThat(version.pieceBlocks(2)).isEmpty();

        version.lengthKnown(9 * BLOCK + 1);
        assertThat(version.complete()).isFalse();
        version.lengthKnown(9 * BLOCK + 1);
        Contents.write(version, 9);

        assertThat(version.complete()).isTrue();
        assertThat(version.version().geometry().length()).isEqualTo(9 * BLOCK + 1);
        assertThat(version.pieceBlocks(2)).hasValueSatisfying(d -> assertThat(d).hasSize(2));
        assertThat(Contents.read(version, 9)).hasSize(1);
        assertThatThrownBy(() -> version.lengthKnown(9 * BLOCK))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_length_before_a_block_that_is_here_is_a_bug() throws IOException {
        StoredVersion version = store.create(Contents.version(1, Geometry.UNKNOWN));
        Contents.write(version, 1);

        assertThatThrownBy(() -> version.lengthKnown(2 * BLOCK - 1))
                .isInstanceOf(IllegalStateException.class);
        version.lengthKnown(2 * BLOCK);
        Contents.write(version, 0);
        assertThat(version.complete()).isTrue();
    }

    @Test
    void writing_a_block_twice_is_ignored_if_equal_and_a_bug_if_not() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 3 * BLOCK));
        Contents.write(version, 1);
        Contents.write(version, 1);

        assertThat(version.blockCount()).isEqualTo(1);
        assertThatThrownBy(() -> Contents.write(version, 1, Contents.bytes(1, BLOCK, 9)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(Contents.read(version, 1)).isEqualTo(Contents.bytes(version, 1));
    }

    @Test
    void blocks_of_a_wrong_size_or_number_are_bugs() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK + 10));

        assertThatThrownBy(() -> Contents.write(version, 0, new byte[BLOCK - 1]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Contents.write(version, 2, new byte[BLOCK]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Contents.write(version, 3, new byte[10]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Contents.write(version, -1, new byte[BLOCK]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(version.blockCount()).isZero();
    }

    @Test
    void a_dropped_block_can_be_written_again_with_other_bytes() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK));
        Contents.writeAll(version);
        assertThat(version.complete()).isTrue();

        version.drop(1);
        version.drop(1);
        assertThat(version.complete()).isFalse();
        assertThat(version.has(1)).isFalse();
        assertThatThrownBy(() -> Contents.read(version, 1)).isInstanceOf(IOException.class);
        byte[] other = Contents.bytes(1, BLOCK, 5);
        Contents.write(version, 1, other);

        assertThat(Contents.read(version, 1)).isEqualTo(other);
        assertThat(version.complete()).isTrue();
        assertThat(version.intact()).isTrue();
    }

    @Test
    void piece_blocks_are_there_once_all_are() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 5 * BLOCK + 1));
        for (int block : List.of(0, 1, 3, 4, 5)) {
            Contents.write(version, block);
        }
        assertThat(version.pieceBlocks(0)).isEmpty();
        assertThat(version.pieceBlocks(1))
                .contains(
                        List.of(
                                Sha256.of(Contents.bytes(version, 4)),
                                Sha256.of(Contents.bytes(version, 5))));
        assertThat(version.pieceBlocks(2)).isEmpty();

        Contents.write(version, 2);
        assertThat(version.pieceBlocks(0)).hasValueSatisfying(d -> assertThat(d).hasSize(4));
    }

    @Test
    void transfer_sends_a_part_of_a_block() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK));
        Contents.writeAll(version);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        WritableByteChannel target = Channels.newChannel(sent);

        int done = 0;
        while (done < 100) {
            done += (int) version.transferTo(1, 10 + done, 100 - done, target);
        }

        byte[] expected = Arrays.copyOfRange(Contents.bytes(version, 1), 10, 110);
        assertThat(sent.toByteArray()).isEqualTo(expected);
        assertThatThrownBy(() -> version.transferTo(1, 1000, 25, target))
                .isInstanceOf(IllegalArgumentException.class);

        ByteBuffer read = ByteBuffer.allocate(100);
        version.read(1, 10, read);
        assertThat(read.array()).isEqualTo(expected);
        assertThatThrownBy(() -> version.read(1, 1000, ByteBuffer.allocate(25)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reading_a_block_that_is_not_here_fails() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK));
        WritableByteChannel target = Channels.newChannel(new ByteArrayOutputStream());

        assertThatThrownBy(() -> version.read(0, ByteBuffer.allocate(BLOCK)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> version.read(0, 0, ByteBuffer.allocate(1)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> version.transferTo(0, 0, 1, target))
                .isInstanceOf(IOException.class);
    }
}
