// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Geometry;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What every [Store] does; run for each implementation.
abstract class StoreContract extends BlockContract {
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
