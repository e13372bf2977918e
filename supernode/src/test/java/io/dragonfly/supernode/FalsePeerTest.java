// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.DownloadStatus.Phase;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Peers that lie about their bytes, or that only ever say that they wait.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FalsePeerTest {
    private static final int LENGTH = (40 << 20) + 5;

    @TempDir Path home;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFalsePeerHarmsNobody(boolean silent) throws Exception {
        Content content = Content.random(21, LENGTH);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                Cluster cluster = Cluster.of(home, 4);
                FalsePeer liar = new FalsePeer(cluster.address(0), content.bytes(), silent)) {
            liar.claimEverything(origin.url("/f"));
            List<Download> downloads = cluster.download(origin.url("/f"), 0);

            for (Download download : downloads) {
                DownloadStatus status = Cluster.await(download);
                assertThat(status.phase()).as("%s", status).isEqualTo(Phase.DONE);
                assertThat(Files.readAllBytes(download.contentFile().orElseThrow()))
                        .isEqualTo(content.bytes());
            }
            assertThat(liar.requests()).as("somebody was sent to the liar").isPositive();
            // Four peers, 41 ranges: it was asked a few times and then left alone.
            assertThat(liar.requests()).isLessThan(41);
        }
    }
}
