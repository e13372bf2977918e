// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Contents that go through the memory and are kept nowhere.
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StreamMemoryTest {
    private static final int BLOCK = Contents.BLOCK;

    /// Of four blocks: two ranges.
    private final StreamMemory memory = new StreamMemory(8 * BLOCK, 1, () -> Instant.EPOCH);

    private StoredVersion open(int number, long length) throws IOException {
        StoredVersion version = memory.open(Contents.version(number, length), null);
        assertThat(version.retain()).isTrue();
        return version;
    }

    @Test
    void whatIsKnownOfTheBlocksOfALargeContentHasNoRoomEither() {
        long length = (StreamMemory.MOST_BLOCKS + 1L) * BLOCK;
        assertThatThrownBy(() -> open(1, length))
                .isInstanceOf(NoSpaceException.class)
                .hasMessageContaining("no room for " + length);
    }

    @Test
    void aWindowMovesWithItsReaderAndForgetsBytesButNoDigests() throws IOException {
        StoredVersion version = open(1, 10 * BLOCK);
        assertThat(version.window()).isEqualTo(4);
        for (int block = 0; block < 10; block++) {
            Contents.write(version, block);
            assertThat(Contents.read(version, block)).isEqualTo(Contents.bytes(version, block));
            version.passed(this, block + 1);
            assertThat(version.firstKept()).isEqualTo(block + 1);
        }
        assertThat(version.complete()).isTrue();
        assertThat(version.has(0)).isTrue();
        assertThat(version.digest(0)).isPresent();
        assertThatThrownBy(() -> Contents.read(version, 0)).hasMessageContaining("has passed");
        assertThat(version.contentFile()).isEmpty();
    }

    @Test
    void theSlowestReaderHoldsTheWindowAndOneThatLeavesDoesNot() throws IOException {
        StoredVersion version = open(1, 10 * BLOCK);
        Object slow = new Object();
        version.holdFrom(1);
        version.passed(slow, 2);
        version.passed(this, 3);
        assertThat(version.firstKept()).isEqualTo(1);
        version.holdFrom(Integer.MAX_VALUE);
        assertThat(version.firstKept()).isEqualTo(2);
        version.left(slow);
        assertThat(version.firstKept()).isEqualTo(3);
        version.left(this);
        assertThat(version.firstKept()).isEqualTo(3);
        assertThat(version.unread()).isTrue();
    }

    @Test
    void whoeverComesTooEarlyWaitsForTheWindow() throws Exception {
        StoredVersion version = open(1, 10 * BLOCK);
        version.passed(this, 0);
        CompletableFuture<Void> early = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        Contents.write(version, 4);
                        early.complete(null);
                    } catch (IOException e) {
                        early.completeExceptionally(e);
                    }
                });
        Contents.write(version, 3);
        assertThat(early).isNotDone();
        version.passed(this, 1);
        early.get();
        assertThat(version.has(4)).isTrue();
    }

    @Test
    void endingItFreesWhoWaits() throws Exception {
        StoredVersion version = open(1, 10 * BLOCK);
        CompletableFuture<String> waits = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        Contents.write(version, 9);
                        waits.complete("stored");
                    } catch (IOException e) {
                        waits.complete(String.valueOf(e.getMessage()));
                    }
                });
        version.end("nobody wants it");
        assertThat(waits.get()).contains("not streamed any more");
    }

    @Test
    void aContentThatFitsIsThereForLaterReadersToo() throws IOException {
        StoredVersion version = open(1, 4 * BLOCK);
        Contents.writeAll(version);
        version.passed(this, 4);
        for (int block = 0; block < 4; block++) {
            assertThat(Contents.read(version, block)).isEqualTo(Contents.bytes(version, block));
        }
    }

    @Test
    void whatTheDiskHasIsReadFromThere() throws IOException {
        try (MemoryStore disk = new MemoryStore(100 * BLOCK, 1, () -> Instant.EPOCH)) {
            StoredVersion base = disk.create(Contents.version(1, 10 * BLOCK));
            Contents.write(base, 0);
            Contents.write(base, 8);
            StoredVersion version = memory.open(base.version(), base);
            assertThat(version.retain()).isTrue();
            assertThat(version.blocks().stream()).containsExactly(0, 8);
            version.passed(this, 5);
            Contents.write(version, 5);
            assertThat(Contents.read(version, 0)).isEqualTo(Contents.bytes(base, 0));
            assertThat(Contents.read(version, 8)).isEqualTo(Contents.bytes(base, 8));
            assertThat(base.has(5)).isFalse();
            assertThat(base.inUse()).isTrue();
            version.release();
            assertThat(base.inUse()).isFalse();
        }
    }

    @Test
    void theMemoryIsBoundedAndGivenBack() throws IOException {
        StoredVersion first = open(1, 10 * BLOCK);
        open(2, 10 * BLOCK);
        assertThatThrownBy(() -> open(3, 10 * BLOCK)).isInstanceOf(NoSpaceException.class);
        first.release();
        open(3, 10 * BLOCK);
    }
}
