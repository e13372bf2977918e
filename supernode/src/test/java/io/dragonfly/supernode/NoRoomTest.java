// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.peer.DiskUse;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.Peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Hosts whose disk has no room for the content: it goes through memory to who reads it.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NoRoomTest {
    private static final int MIB = 1 << 20;

    /// More than a window.
    private static final int LENGTH = 24 * MIB + 12_345;

    @TempDir Path home = Path.of("");

    private static DiskUse cap(long bytes) {
        DiskUse all = DiskUse.DEFAULT;
        return new DiskUse(0, 0, 0, bytes, all.unusedFor(), all.leftoversFor());
    }

    @Test
    void aHostWithoutRoomHandsTheContentOnAndOffersNothing() throws Exception {
        Content content = Content.random(20, LENGTH);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 1);
                Peer full = cluster.startPeerOn("full", cap(MIB))) {
            Download streamed = full.download(Cluster.request(origin.url("/f"), 0));
            assertThat(Cluster.bytes(streamed)).isEqualTo(content.bytes());
            assertThat(streamed.contentFile()).isEmpty();
            assertThat(full.versions()).isEmpty();

            Download stored =
                    cluster.peers().getFirst().download(Cluster.request(origin.url("/f"), 0));
            assertThat(Cluster.bytes(stored)).isEqualTo(content.bytes());
            assertThat(stored.status().fromPeers()).isZero();
            assertThat(origin.bytesSent()).isEqualTo(LENGTH);
            streamed.close();
        }
    }

    @Test
    void whileNobodyReadsNoMoreThanTheWindowIsFetched() throws Exception {
        Content content = Content.random(21, LENGTH);
        Digest digest = Digest.parse("sha256:" + content.sha256());
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 0);
                Peer full = cluster.startPeerOn("full", cap(MIB))) {
            Download download = full.download(Cluster.request(origin.url("/f"), digest));
            DownloadStatus status = Cluster.awaitUntil(download, 16 * MIB);
            assertThat(status.phase()).isEqualTo(DownloadStatus.Phase.STREAMING);
            assertThat(status.verified()).isEqualTo(16 * MIB);
            assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
            assertThat(download.status().phase()).isEqualTo(DownloadStatus.Phase.DONE);
        }
    }

    @Test
    void aDiskThatFillsMidwayKeepsWhatItHasAndTheReaderNoticesNothing() throws Exception {
        Content content = Content.random(22, LENGTH);
        try (HostileOrigin origin = HostileOrigin.start(Answers.chunked(content, 10_000));
                Cluster cluster = Cluster.of(home, 0);
                Peer full = cluster.startPeerOn("full", cap(8 * MIB))) {
            Download download = full.download(Cluster.request(origin.url("/f"), 0));
            assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
            assertThat(full.versions()).hasSize(1);
            assertThat(full.versions().getFirst().blockCount()).isBetween(1, 32);
        }
    }

    @Test
    void backToSourceHandsOnToo() throws Exception {
        Content content = Content.random(23, LENGTH);
        Digest digest = Digest.parse("sha256:" + content.sha256());
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 0);
                Peer full = cluster.startPeerOn("full", cap(MIB))) {
            TaskSpec spec =
                    new TaskSpec(origin.url("/f"), List.of(), List.of(), "", digest, false, "");
            Download download =
                    full.download(
                            new DownloadRequest(
                                    spec, List.of(), DownloadRequest.Pattern.SOURCE, true, 0));
            assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
            assertThat(full.versions()).isEmpty();
            assertThat(origin.bytesSent()).isEqualTo(LENGTH);
        }
    }

    @Test
    void aHostThatIsClosedMidwayDoesNotWaitForItsReader() throws Exception {
        Content content = Content.random(24, LENGTH);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 0);
                Peer full = cluster.startPeerOn("full", cap(MIB))) {
            TaskSpec spec = TaskSpec.of(origin.url("/f"));
            Download download =
                    full.download(
                            new DownloadRequest(
                                    spec, List.of(), DownloadRequest.Pattern.SOURCE, true, 0));
            Cluster.awaitUntil(download, 16 * MIB);
            download.close();
        }
    }

    @Test
    void aSupernodeWithoutRoomLetsAFewAtATimeReadTheOrigin() throws Exception {
        Content content = Content.random(25, 2 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home)) {
            cluster.addSupernode(cap(MIB));
            for (int i = 0; i < 3; i++) {
                cluster.addPeer();
            }
            int waited = 0;
            for (Download download : cluster.download(origin.url("/f"), 0)) {
                assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
                DownloadStatus status = download.status();
                assertThat(status.fromOrigin()).isEqualTo(content.bytes().length);
                waited += status.waitedMillis().containsKey("turn at the origin") ? 1 : 0;
            }
            assertThat(waited).isPositive();
        }
    }
}
