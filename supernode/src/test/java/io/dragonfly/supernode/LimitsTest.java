// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.Peer;
import io.dragonfly.peer.PeerLimits;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// That the limits hold back bytes of real downloads. Only too fast is wrong: on a busy machine
/// everything may take longer.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LimitsTest {
    private static final int MIB = 1 << 20;
    private static final int LENGTH = 6 * MIB;
    private static final ByteRate RATE = new ByteRate(4 * MIB);

    @TempDir Path home;

    /// A stretch of code.
    private interface Work {
        void run() throws IOException;
    }

    /// Fails where `bytes` took less time than they take at 1.5 x the limit.
    private static void assertLimited(long bytes, Work work) throws IOException {
        long start = System.nanoTime();
        work.run();
        double seconds = (double) (System.nanoTime() - start) / 1e9;
        assertThat((double) bytes / seconds)
                .as("bytes per second")
                .isLessThan(1.5 * (double) RATE.bytesPerSecond());
    }

    private static void assertDone(Download download, Content content) throws IOException {
        assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
    }

    @Test
    void whatTheSupernodeSendsIsLimitedForAllPeersTogether() throws Exception {
        Content content = Content.random(1, LENGTH);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home)) {
            cluster.addSupernode(SupernodeLimits.NONE.withUpload(RATE));
            cluster.addPeer();
            cluster.addPeer();
            assertLimited(
                    LENGTH,
                    () -> {
                        for (Download download : cluster.download(origin.url("/f"), 0)) {
                            assertDone(download, content);
                        }
                    });
        }
    }

    @Test
    void contentsThatComeWithTheAnswerCountAsSent() throws Exception {
        Content content = Content.random(2, 128 << 10);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home)) {
            cluster.addSupernode(SupernodeLimits.NONE.withUpload(new ByteRate(256 << 10)));
            Peer peer = cluster.addPeer();
            // A burst of 64 KiB is free: 5 x 128 KiB at 384 KiB/s are 1.5 s.
            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                URI url = origin.url("/f" + i);
                assertDone(peer.download(Cluster.request(url, 0)), content);
            }
            assertThat(System.nanoTime() - start).isGreaterThan(1_500_000_000L);
        }
    }

    @Test
    void whatComesFromAnOriginIsLimitedAndTheLimitCanBeLifted() throws Exception {
        Content content = Content.random(3, LENGTH);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home)) {
            Supernode supernode = cluster.addSupernode(SupernodeLimits.NONE.withOrigin(RATE));
            Peer peer = cluster.addPeer();
            assertLimited(
                    LENGTH,
                    () -> assertDone(peer.download(Cluster.request(origin.url("/f"), 0)), content));

            // At 32 KiB per second it would take longer than this test may.
            supernode.change(SupernodeLimits.NONE.withOrigin(new ByteRate(32 << 10)), null);
            Download slow = peer.download(Cluster.request(origin.url("/g"), 0));
            Cluster.awaitUntil(slow, 1);
            supernode.change(SupernodeLimits.NONE, null);
            assertDone(slow, content);
        }
    }

    @Test
    void whatTheSupernodeWritesIsLimited() throws Exception {
        Content content = Content.random(4, LENGTH);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home)) {
            cluster.addSupernode(SupernodeLimits.NONE.withDisk(RATE));
            Peer peer = cluster.addPeer();
            assertLimited(
                    LENGTH,
                    () -> assertDone(peer.download(Cluster.request(origin.url("/f"), 0)), content));
        }
    }

    @Test
    void whatAPeerWritesIsLimitedWhereverItComesFrom() throws Exception {
        Content content = Content.random(5, LENGTH);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home)) {
            cluster.addSupernode();
            Peer peer = cluster.addPeer(PeerLimits.NONE.withDisk(RATE));
            assertLimited(
                    LENGTH,
                    () -> assertDone(peer.download(Cluster.request(origin.url("/f"), 0)), content));
            assertLimited(
                    LENGTH,
                    () ->
                            assertDone(
                                    peer.download(
                                            new DownloadRequest(
                                                    TaskSpec.of(origin.url("/g")),
                                                    List.of(),
                                                    DownloadRequest.Pattern.SOURCE,
                                                    true,
                                                    0)),
                                    content));
        }
    }

    private static DownloadRequest request(URI url, TrafficClass traffic) {
        return new DownloadRequest(
                TaskSpec.of(url), List.of(), DownloadRequest.Pattern.P2P, true, 0, traffic);
    }

    @Test
    void aClassIsLimitedAloneAndWhoJoinsMakesItAsUrgentAsHeIs() throws Exception {
        Content content = Content.random(6, LENGTH);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home)) {
            cluster.addSupernode();
            Peer peer = cluster.addPeer(PeerLimits.NONE.withBackground(RATE));
            assertLimited(
                    LENGTH,
                    () ->
                            assertDone(
                                    peer.download(
                                            request(origin.url("/f"), TrafficClass.BACKGROUND)),
                                    content));

            peer.limits(PeerLimits.NONE.withBackground(new ByteRate(32 << 10)));
            Download slow = peer.download(request(origin.url("/g"), TrafficClass.BACKGROUND));
            Cluster.awaitUntil(slow, 1);
            assertDone(peer.download(request(origin.url("/g"), TrafficClass.FOREGROUND)), content);
            assertDone(slow, content);
        }
    }
}
