// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.peer.DownloadStatus.Failure;
import io.dragonfly.peer.DownloadStatus.Phase;
import io.dragonfly.peer.StatusBoard.Source;

import org.junit.jupiter.api.Test;

final class StatusBoardTest {
    private final StatusBoard board = new StatusBoard("task", System::nanoTime);

    @Test
    void bytesAreCountedByWhereTheyCameFrom() {
        board.verified(10, Source.PEER, "a:1");
        board.verified(20, Source.SUPERNODE, "s:1");
        board.verified(5, Source.PEER, "a:1");

        DownloadStatus status = board.status();
        assertThat(status.verified()).isEqualTo(35);
        assertThat(status.fromPeers()).isEqualTo(15);
        assertThat(status.fromSupernode()).isEqualTo(20);
        assertThat(status.parents()).containsEntry("a:1", 15L).containsEntry("s:1", 20L);
    }

    @Test
    void parentsBeyondTheLimitAreCountedTogether() {
        for (int i = 0; i < 300; i++) {
            board.verified(1, Source.PEER, "peer" + i);
        }

        assertThat(board.status().parents()).hasSize(201).containsEntry("others", 100L);
    }

    @Test
    void whoWaitsIsWokenByAChange() throws InterruptedException {
        long seen = board.status().sequence();
        Thread other = Thread.ofVirtual().start(() -> board.length(7));

        DownloadStatus status = board.awaitChange(seen, 60_000_000_000L);

        assertThat(status.length()).isEqualTo(7);
        other.join();
    }

    @Test
    void aFailureIsTheLastWord() {
        board.failed(new Failure("timeout", "too late"));
        board.done();

        assertThat(board.status().phase()).isEqualTo(Phase.FAILED);
    }
}
