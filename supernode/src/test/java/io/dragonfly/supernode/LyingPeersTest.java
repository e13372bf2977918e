// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.DownloadStatus.Phase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Peers that lie about their bytes and about those of others. All of them share one address here,
/// so nobody's host tells them apart.
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LyingPeersTest {
    @TempDir Path home;

    @Test
    void aLiarThatAccusesOthersDrivesNobodyOut() throws Exception {
        Content content = Content.random(31, (30 << 20) + 7);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                SwarmLog log = new SwarmLog();
                Cluster cluster = Cluster.of(home, 5);
                FalsePeer liar =
                        new FalsePeer(cluster.address(0), content.bytes(), false, "liar")) {
            URI url = origin.url("/f");
            // The first three have it all, so the liar is sent to them.
            for (int i = 0; i < 3; i++) {
                Download first = cluster.peers().get(i).download(Cluster.request(url, 0));
                assertRight(first, content);
            }
            liar.accuseEverybody(url);
            for (Download download : cluster.download(url, 0)) {
                assertRight(download, content);
            }

            assertThat(liar.accusations()).as("it accused somebody").isPositive();
            assertInnocentStay(log);
        }
    }

    @Test
    void twoLiarsOfTenHarmNobody() throws Exception {
        Content content = Content.random(32, (60 << 20) + 9);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                SwarmLog log = new SwarmLog();
                Cluster cluster = Cluster.of(home, 8);
                FalsePeer one = new FalsePeer(cluster.address(0), content.bytes(), false, "liar1");
                FalsePeer two =
                        new FalsePeer(cluster.address(0), content.bytes(), false, "liar2")) {
            URI url = origin.url("/f");
            one.claimEverything(url);
            two.accuseEverybody(url);
            two.claimEverything(url);
            for (Download download : cluster.download(url, 0)) {
                assertRight(download, content);
            }

            assertThat(one.requests() + two.requests()).as("requests to liars").isPositive();
            assertInnocentStay(log);
        }
    }

    private static void assertRight(Download download, Content content) throws IOException {
        DownloadStatus status = Cluster.await(download);
        assertThat(status.phase()).as("%s", status).isEqualTo(Phase.DONE);
        byte[] bytes = Files.readAllBytes(download.contentFile().orElseThrow());
        assertThat(Arrays.equals(bytes, content.bytes())).as("the bytes").isTrue();
    }

    private static void assertInnocentStay(SwarmLog log) {
        List<String> isolated = log.isolated();
        assertThat(isolated).allMatch(line -> line.startsWith("isolated peer=liar"));
        assertThat(log.bugs()).isEmpty();
    }
}
