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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// What every [Store] does; run for each implementation.
abstract class StoreContract {
    private static final int BLOCK = Contents.BLOCK;
    private static final long LONG = TimeUnit.MINUTES.toNanos(5);

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
    }

    @Test
    void reading_a_block_that_is_not_here_fails() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK));
        WritableByteChannel target = Channels.newChannel(new ByteArrayOutputStream());

        assertThatThrownBy(() -> version.read(0, ByteBuffer.allocate(BLOCK)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> version.transferTo(0, 0, 1, target))
                .isInstanceOf(IOException.class);
    }

    @Test
    void waiting_ends_with_the_block_the_time_or_the_version() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 4 * BLOCK));
        Contents.write(version, 0);

        assertThat(version.awaitBlock(0, 0)).isEqualTo(StoredVersion.Await.HERE);
        assertThat(version.awaitBlock(1, 0)).isEqualTo(StoredVersion.Await.TIMEOUT);
        assertThat(version.awaitBlock(1, 1000)).isEqualTo(StoredVersion.Await.TIMEOUT);
        assertThat(version.awaitBlock(4, LONG)).isEqualTo(StoredVersion.Await.ENDED);
        assertThat(version.ended()).isEmpty();
        version.end("origin changed");
        version.end("later");
        assertThat(version.ended()).contains("origin changed");
        assertThat(version.awaitBlock(0, 0)).isEqualTo(StoredVersion.Await.HERE);
        assertThat(version.awaitBlock(1, LONG)).isEqualTo(StoredVersion.Await.ENDED);
    }

    @Test
    void thousands_of_waiters_are_woken_by_their_own_blocks() throws Exception {
        int blocks = 40;
        int waitersPerBlock = 50;
        StoredVersion version = store.create(Contents.version(1, (long) blocks * BLOCK));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<StoredVersion.Await>> answers = new ArrayList<>();
            for (int i = 0; i < blocks * waitersPerBlock; i++) {
                int block = i % blocks;
                answers.add(threads.submit(() -> version.awaitBlock(block, LONG)));
            }
            while (((HeldVersion) version).waiting() < blocks * waitersPerBlock) {
                Thread.onSpinWait();
            }

            for (int block = 0; block < blocks - 1; block++) {
                Contents.write(version, block);
            }
            for (int i = 0; i < answers.size(); i++) {
                if (i % blocks < blocks - 1) {
                    assertThat(answers.get(i).get()).isEqualTo(StoredVersion.Await.HERE);
                }
            }
            assertThat(((HeldVersion) version).waiting()).isEqualTo(waitersPerBlock);
            version.end("enough");
            for (int i = blocks - 1; i < answers.size(); i += blocks) {
                assertThat(answers.get(i).get()).isEqualTo(StoredVersion.Await.ENDED);
            }
        }
        assertThat(((HeldVersion) version).waiting()).isZero();
    }

    @Test
    void a_length_that_becomes_known_wakes_who_waits_behind_the_end() throws Exception {
        StoredVersion version = store.create(Contents.version(1, Geometry.UNKNOWN));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<StoredVersion.Await> answer = threads.submit(() -> version.awaitBlock(7, LONG));
            version.lengthKnown(7 * BLOCK);
            assertThat(answer.get()).isEqualTo(StoredVersion.Await.ENDED);
        }
    }

    @Test
    void many_threads_write_different_and_equal_blocks_at_once() throws Exception {
        int blocks = 200;
        StoredVersion version = store.create(Contents.version(1, (long) blocks * BLOCK - 5));
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 2 * blocks; i++) {
                int block = i / 2;
                writers.add(
                        threads.submit(() -> {
                            start.await();
                            Contents.write(version, block);
                            return null;
                        }));
            }
            start.countDown();
            for (Future<?> writer : writers) {
                writer.get();
            }
        }

        assertThat(version.complete()).isTrue();
        assertThat(version.reverify()).isTrue();
        assertThat(version.blockCount()).isEqualTo(blocks);
    }

    @Test
    void a_version_is_created_once() throws IOException {
        store.create(Contents.version(1, BLOCK));

        assertThatThrownBy(() -> store.create(Contents.version(1, BLOCK)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_deleted_version_ends_its_waiters_and_writers_and_can_be_created_anew() throws Exception {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK));
        Contents.write(version, 0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<StoredVersion.Await> answer = threads.submit(() -> version.awaitBlock(1, LONG));
            store.delete(Contents.id(1));
            assertThat(answer.get()).isEqualTo(StoredVersion.Await.ENDED);
        }
        store.delete(Contents.id(1));

        assertThat(store.find(Contents.id(1))).isEmpty();
        assertThat(version.retain()).isFalse();
        assertThatThrownBy(() -> Contents.write(version, 1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Contents.read(version, 0)).isInstanceOf(IOException.class);
        StoredVersion again = store.create(Contents.version(1, 2 * BLOCK));
        assertThat(again.blockCount()).isZero();
    }

    @Test
    void who_reads_a_deleted_version_finishes_and_never_sees_its_successor() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK));
        Contents.writeAll(version);
        assertThat(version.retain()).isTrue();
        store.delete(Contents.id(1));
        StoredVersion next = store.create(Contents.version(1, 2 * BLOCK));
        Contents.write(next, 0, Contents.bytes(0, BLOCK, 3));

        assertThat(Contents.read(version, 0)).isEqualTo(Contents.bytes(version, 0));
        version.release();
        assertThatThrownBy(() -> Contents.read(version, 0)).isInstanceOf(IOException.class);
    }

    @Test
    void users_are_counted() throws IOException {
        StoredVersion version = store.create(Contents.version(1, BLOCK));
        assertThat(version.inUse()).isFalse();
        version.retain();
        version.retain();
        version.release();
        assertThat(version.inUse()).isTrue();
        version.release();
        assertThat(version.inUse()).isFalse();
        assertThatThrownBy(version::release).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_time_of_the_last_use_follows_the_clock() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK));
        assertThat(version.lastUsedMillis()).isEqualTo(1_000_000);

        now.set(Instant.ofEpochMilli(1_000_001));
        Contents.write(version, 0);
        assertThat(version.lastUsedMillis()).isEqualTo(1_000_001);
        now.set(Instant.ofEpochMilli(1_000_002));
        Contents.read(version, 0);
        assertThat(version.lastUsedMillis()).isEqualTo(1_000_002);
        now.set(Instant.ofEpochMilli(1_000_003));
        version.touch();
        assertThat(version.lastUsedMillis()).isEqualTo(1_000_003);
    }

    @Test
    void notes_are_kept_up_to_their_limits() throws IOException {
        StoredVersion version = store.create(Contents.version(1, BLOCK));
        version.note("url", "http://origin/ä");
        version.note("url", "http://origin/b");
        for (int i = 0; i < 63; i++) {
            version.note("key" + i, "");
        }

        assertThat(version.notes()).hasSize(64).containsEntry("url", "http://origin/b");
        assertThatThrownBy(() -> version.note("one more", ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> version.note("url", "x".repeat(8193)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> version.note("x".repeat(257), ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(version.notes()).hasSize(64).containsEntry("url", "http://origin/b");
    }

    @Test
    void what_does_not_fit_is_refused_and_leaves_nothing_behind() throws IOException {
        long usable = store.usableBytes();

        assertThatThrownBy(() -> store.create(Contents.version(1, usable + (1 << 20))))
                .isInstanceOf(NoSpaceException.class);

        assertThat(store.find(Contents.id(1))).isEmpty();
        StoredVersion version = store.create(Contents.version(1, BLOCK));
        Contents.writeAll(version);
        assertThat(version.complete()).isTrue();
    }

    @Test
    void a_closed_store_takes_nothing_more() throws Exception {
        StoredVersion version = store.create(Contents.version(1, 2 * BLOCK));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<StoredVersion.Await> answer = threads.submit(() -> version.awaitBlock(1, LONG));
            store.close();
            assertThat(answer.get()).isEqualTo(StoredVersion.Await.ENDED);
        }
        store.close();

        assertThatThrownBy(() -> Contents.write(version, 0)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.create(Contents.version(2, BLOCK)))
                .isInstanceOf(IOException.class);
    }
}
