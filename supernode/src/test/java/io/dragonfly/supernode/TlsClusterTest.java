// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.net.tls.Tls;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.origin.testing.TestCertificate;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.DownloadStatus.Phase;
import io.dragonfly.peer.Peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Supernode and peers with TLS on everything.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TlsClusterTest {
    private static final int LENGTH = (12 << 20) + 99;

    @TempDir Path home;

    private Tls mutual() throws IOException {
        Path files = home.resolve("tls");
        TestCertificate.create(home, "ip:127.0.0.1").write(files);
        return Tls.load(
                files.resolve("cert.pem"),
                files.resolve("key.pem"),
                files.resolve("ca.pem"),
                () -> 0);
    }

    private Tls withoutCertificate() throws IOException {
        return Tls.load(null, null, home.resolve("tls").resolve("ca.pem"), () -> 0);
    }

    @Test
    void peersGetTheContentFromTheSeedAndFromEachOther() throws Exception {
        Content content = Content.random(31, LENGTH);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home, mutual())) {
            cluster.addSupernode();
            for (int i = 0; i < 4; i++) {
                cluster.addPeer();
            }
            List<Download> downloads = cluster.download(origin.url("/file"), 0);

            long fromSupernode = 0;
            for (Download download : downloads) {
                DownloadStatus status = Cluster.await(download);
                assertThat(status.phase()).as("%s", status).isEqualTo(Phase.DONE);
                fromSupernode += status.fromSupernode();
                assertThat(Files.readAllBytes(download.contentFile().orElseThrow()))
                        .isEqualTo(content.bytes());
            }
            assertThat(origin.bytesSent()).isEqualTo(LENGTH);
            assertThat(fromSupernode).as("peers serve, too").isLessThan(4L * LENGTH);
        }
    }

    @Test
    void whoDoesNotFitInReadsTheOriginAndTheOthersGoOn() throws Exception {
        Content content = Content.random(32, 3 << 20);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = new Cluster(home, mutual())) {
            cluster.addSupernode();
            try (Peer plain = cluster.startPeer("plain", null);
                    Peer nameless = cluster.startPeer("nameless", withoutCertificate());
                    Peer fitting = cluster.startPeer("fitting")) {
                for (Peer peer : List.of(plain, nameless)) {
                    Download alone = peer.download(Cluster.request(origin.url("/f"), 0));
                    assertThat(Cluster.bytes(alone)).isEqualTo(content.bytes());
                    assertThat(alone.status().fromOrigin()).isEqualTo(3 << 20);
                }
                Download download = fitting.download(Cluster.request(origin.url("/f"), 0));
                assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
                assertThat(download.status().fromSupernode()).isEqualTo(3 << 20);
            }
        }
    }
}
