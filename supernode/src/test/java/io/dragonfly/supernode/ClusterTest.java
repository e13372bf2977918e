// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Digest;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadException;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.DownloadStatus.Phase;
import io.dragonfly.peer.Peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The main job over loopback: supernode, peers and origin in one JVM.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ClusterTest {
    private static final int MIB = 1 << 20;

    @TempDir Path home;

    @Test
    void manyPeersGetTheSameBytesAndTheOriginIsReadOnce() throws Exception {
        Content content = Content.random(1, 20 * MIB + 12345);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 5)) {
            List<Download> downloads = cluster.download(origin.url("/file"), 0);

            long fromSupernode = 0;
            for (Download download : downloads) {
                DownloadStatus status = Cluster.await(download);
                assertThat(status.phase()).as("%s", status).isEqualTo(Phase.DONE);
                fromSupernode += status.fromSupernode();
                assertThat(Files.readAllBytes(download.contentFile().orElseThrow()))
                        .isEqualTo(content.bytes());
            }
            assertThat(origin.bytesSent()).isEqualTo(content.bytes().length);
            assertThat(fromSupernode).isBetween((long) content.bytes().length, 2L * 21 * MIB);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 131_072, 131_073, 262_144, 4 * MIB, 4 * MIB + 1})
    void anyLengthArrives(int length) throws Exception {
        Content content = Content.random(2, length);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 2)) {
            for (Download download : cluster.download(origin.url("/file"), 0)) {
                assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
                assertThat(download.status().phase()).isEqualTo(Phase.DONE);
            }
            assertThat(origin.bytesSent()).isEqualTo(length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 262_144, 9 * MIB + 77})
    void contentOfUnknownLengthArrives(int length) throws Exception {
        Content content = Content.random(3, length);
        try (HostileOrigin origin = HostileOrigin.start(Answers.chunked(content, 10_000));
                Cluster cluster = Cluster.of(home, 3)) {
            for (Download download : cluster.download(origin.url("/file"), 0)) {
                assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
            }
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void aReaderGetsBytesInOrderWhileTheDownloadRuns() throws Exception {
        Content content = Content.random(4, 8 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 1)) {
            Download download =
                    cluster.peers().getFirst().download(Cluster.request(origin.url("/f"), 4 * MIB));
            try (var in = download.open()) {
                assertThat(in.readNBytes(100_000))
                        .isEqualTo(java.util.Arrays.copyOf(content.bytes(), 100_000));
                assertThat(download.status().phase()).isEqualTo(Phase.RUNNING);
            }
        }
    }

    @Test
    void theSameContentIsNotReadFromTheOriginAgainWhileItHolds() throws Exception {
        Content content = Content.random(5, 3 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 2)) {
            for (Peer peer : cluster.peers()) {
                try (Download download = peer.download(Cluster.request(origin.url("/f"), 0))) {
                    assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
                }
            }
            Download again =
                    cluster.peers().getFirst().download(Cluster.request(origin.url("/f"), 0));
            assertThat(Cluster.await(again).fromStore()).isEqualTo(content.bytes().length);
            assertThat(origin.bytesSent()).isEqualTo(content.bytes().length);
        }
    }

    @Test
    void theNextSupernodeTakesOverAndNothingVerifiedIsLost() throws Exception {
        Content content = Content.random(6, 24 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home)) {
            Supernode first = cluster.addSupernode();
            cluster.addSupernode();
            for (int i = 0; i < 3; i++) {
                cluster.addPeer();
            }
            List<Download> downloads = cluster.download(origin.url("/f"), 8 * MIB);
            Cluster.awaitUntil(downloads.getFirst(), 8 * MIB);
            first.close();

            long received = 0;
            for (Download download : downloads) {
                DownloadStatus status = Cluster.await(download);
                assertThat(status.phase()).as("%s", status).isEqualTo(Phase.DONE);
                received += status.fromPeers() + status.fromSupernode() + status.fromOrigin();
                assertThat(Files.readAllBytes(download.contentFile().orElseThrow()))
                        .isEqualTo(content.bytes());
            }
            assertThat(origin.bytesSent()).isLessThanOrEqualTo((long) (2.05 * 24 * MIB));
            // Each of the three may lose what was on its way: 16 ranges of 1 MiB at most.
            assertThat(received).isLessThan(3L * (24 + 16) * MIB);
        }
    }

    @Test
    void anotherSupernodeTakesOverThoughTheOriginNamesNoVersions() throws Exception {
        Content content = Content.random(7, 24 * MIB).withoutValidators();
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home)) {
            Supernode first = cluster.addSupernode();
            cluster.addSupernode();
            cluster.addPeer();
            cluster.addPeer();
            List<Download> downloads = cluster.download(origin.url("/f"), 8 * MIB);
            Cluster.awaitUntil(downloads.getFirst(), 8 * MIB);
            first.close();

            for (Download download : downloads) {
                assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
                assertThat(download.status().fromStore()).isGreaterThan(4 * MIB);
            }
        }
    }

    @Test
    void aContentThatChangesUnderAReaderFailsTheReaderAndNobodyElse() throws Exception {
        Content old = Content.random(8, 24 * MIB).withoutValidators();
        Content changed = Content.random(9, 24 * MIB).withoutValidators();
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(old));
                Cluster cluster = new Cluster(home)) {
            Supernode first = cluster.addSupernode();
            cluster.addSupernode();
            cluster.addPeer();
            cluster.addPeer();
            List<Download> downloads = cluster.download(origin.url("/f"), 8 * MIB);
            try (var reader = downloads.getFirst().open()) {
                reader.readNBytes(4 * MIB);
                origin.behave(Answers.honest(changed));
                first.close();

                assertThatThrownBy(reader::readAllBytes)
                        .isInstanceOf(DownloadException.class)
                        .hasMessageContaining("changed at the origin");
            }
            // Nobody read this one yet, so it may start over with the new content.
            assertThat(Cluster.await(downloads.get(1)).phase()).isEqualTo(Phase.DONE);
            assertThat(Cluster.bytes(downloads.get(1))).isEqualTo(changed.bytes());
        }
    }

    @Test
    void withoutAnySupernodeTheOriginIsReadDirectly() throws Exception {
        Content content = Content.random(10, 3 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home)) {
            cluster.addSupernode().close();
            Peer peer = cluster.addPeer();
            Download download = peer.download(Cluster.request(origin.url("/f"), 0));

            assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
            assertThat(download.status().fromOrigin()).isEqualTo(content.bytes().length);
        }
    }

    @Test
    void aPeerThatStopsMidwayGoesOnWithWhatItHas() throws Exception {
        Content content = Content.random(11, 16 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 0)) {
            try (Peer peer = cluster.startPeer("p")) {
                Cluster.awaitUntil(
                        peer.download(Cluster.request(origin.url("/f"), 8 * MIB)), 8 * MIB);
            }
            try (Peer peer = cluster.startPeer("p")) {
                Download download = peer.download(Cluster.request(origin.url("/f"), 0));

                assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
                assertThat(download.status().fromStore()).isGreaterThanOrEqualTo(8 * MIB);
                assertThat(download.status().fromSupernode()).isLessThanOrEqualTo(8 * MIB);
            }
        }
    }

    @Test
    void aDigestThatTheUserGaveIsCheckedBeforeTheLastBlockIsReleased() throws Exception {
        Content content = Content.random(12, 2 * MIB);
        Digest right = Digest.parse("sha256:" + content.sha256());
        Digest wrong = Digest.parse("sha256:" + "0".repeat(64));
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 1)) {
            Peer peer = cluster.peers().getFirst();
            assertThat(Cluster.bytes(peer.download(Cluster.request(origin.url("/f"), right))))
                    .isEqualTo(content.bytes());

            Download bad = peer.download(Cluster.request(origin.url("/f"), wrong));
            try (var reader = bad.open()) {
                assertThatThrownBy(reader::readAllBytes).isInstanceOf(DownloadException.class);
            }
            DownloadStatus.Failure failure = bad.status().failure();
            assertThat(failure == null ? "" : failure.code()).isEqualTo("digest-mismatch");
        }
    }

    @Test
    void anOutputThatItsOwnerWroteToIsNeverGivenOutAgain() throws Exception {
        Content content = Content.random(13, 5 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 2)) {
            Peer peer = cluster.peers().getFirst();
            Path output = home.resolve("output");
            try (Download download = peer.download(Cluster.request(origin.url("/f"), 0))) {
                assertThat(Cluster.await(download).phase()).isEqualTo(Phase.DONE);
                Files.createLink(output, download.contentFile().orElseThrow());
            }
            byte[] edited = content.bytes().clone();
            edited[3 * MIB] ^= 1;
            Files.write(output, edited);

            for (Peer each : cluster.peers().reversed()) {
                Download again = each.download(Cluster.request(origin.url("/f"), 0));
                assertThat(Cluster.bytes(again)).isEqualTo(content.bytes());
            }
            assertThat(Files.readAllBytes(output)).isEqualTo(edited);
        }
    }

    @Test
    void anErrorOfTheOriginReachesEveryone() throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(Answers.status(404, "Not Found"));
                Cluster cluster = Cluster.of(home, 3)) {
            for (Download download : cluster.download(origin.url("/f"), 0)) {
                DownloadStatus.Failure failure = Cluster.await(download).failure();
                assertThat(failure == null ? "" : failure.code()).isEqualTo("origin-not-found");
            }
        }
    }
}
