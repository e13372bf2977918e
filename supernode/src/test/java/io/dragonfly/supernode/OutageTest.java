// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.DownloadStatus.Phase;
import io.dragonfly.peer.Peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What peers do while their supernode is away, and what nobody can reach.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OutageTest {
    private static final int MIB = 1 << 20;

    @TempDir Path home;

    @Test
    void peersOfALargerSwarmWaitForTheirSupernodeAndLeaveTheOriginAlone() throws Exception {
        Content content = Content.random(31, 24 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 6)) {
            List<Download> downloads = cluster.download(origin.url("/f"), 6 * MIB);
            Cluster.awaitUntil(downloads.getLast(), 6 * MIB);

            cluster.restart(0);

            for (Download download : downloads) {
                DownloadStatus status = Cluster.await(download);
                assertThat(status.phase()).as("%s", status).isEqualTo(Phase.DONE);
                assertThat(status.fromOrigin()).isZero();
                assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
            }
            // Once, and once more by the supernode that knows of no complete content.
            assertThat(origin.bytesSent()).isLessThanOrEqualTo((long) (2.05 * 24 * MIB));
        }
    }

    @Test
    void anIdlePeerComesBackAndServesWhatItHas() throws Exception {
        Content content = Content.random(32, 12 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 2)) {
            Peer holder = cluster.peers().getFirst();
            Download first = holder.download(Cluster.request(origin.url("/f"), 0));
            assertThat(Cluster.await(first).phase()).isEqualTo(Phase.DONE);
            first.close();

            cluster.restart(0);
            // Its random pause is 1.3 s at most; its stream is the only one that comes by itself.
            cluster.awaitMembers(0, 1);

            Download second = cluster.peers().get(1).download(Cluster.request(origin.url("/f"), 0));
            DownloadStatus status = Cluster.await(second);
            assertThat(status.phase()).as("%s", status).isEqualTo(Phase.DONE);
            assertThat(status.fromPeers()).isPositive();
            assertThat(origin.bytesSent()).isLessThanOrEqualTo((long) content.bytes().length);
        }
    }

    @Test
    void anOriginThatNobodyReachesFailsEverybodySoon() throws Exception {
        URI nobody;
        try (HostileOrigin origin = HostileOrigin.start(Answers.silent())) {
            nobody = origin.url("/f");
        }
        try (Cluster cluster = Cluster.of(home, 6)) {
            for (Download download : cluster.download(nobody, 0)) {
                assertThat(code(download)).isEqualTo("origin-network");
            }
        }
    }

    @Test
    void aRefusalIsRememberedForAWhile() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.status(403, "Forbidden"));
                Cluster cluster = Cluster.of(home, 2)) {
            for (Peer peer : cluster.peers()) {
                Download download = peer.download(Cluster.request(origin.url("/f"), 0));
                assertThat(code(download)).isEqualTo("origin-denied");
            }
            assertThat(origin.requests()).hasSize(1);
        }
    }

    private static String code(Download download) {
        DownloadStatus.Failure failure = Cluster.await(download).failure();
        return failure == null ? "" : failure.code();
    }
}
