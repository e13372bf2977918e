// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.net.control.ControlClient;
import io.dragonfly.net.control.ControlException;
import io.dragonfly.net.control.ControlSettings;
import io.dragonfly.net.control.ControlStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Who gets in at a supernode, over a real stream.
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HelloTest {
    @TempDir Path home;

    private static FromPeer.Hello hello(String peer) {
        return new FromPeer.Hello(1, 7, peer, "host", null, 0, "", "", "", null, "test");
    }

    /// Hears how the stream ends.
    private static final class Ear implements ControlStream.Receiver {
        final CompletableFuture<String> closed = new CompletableFuture<>();

        @Override
        public void received(List<FromSupernode> messages) {}

        @Override
        public void closed(String reason) {
            closed.complete(reason);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"seed", "two words", "line\nbreak", "\u00e9"})
    void aPeerIsNotCalledLikeTheSeedOrUnprintably(String name) throws Exception {
        try (Cluster cluster = Cluster.of(home, 0);
                ControlClient client =
                        new ControlClient(ControlSettings.DEFAULT, System::nanoTime)) {
            assertThatThrownBy(() -> client.connect(cluster.address(0), hello(name), new Ear()))
                    .isInstanceOfSatisfying(
                            ControlException.class,
                            e -> assertThat(e.code()).isEqualTo("bad-hello"));
        }
    }

    @Test
    void theStreamHasTheNewestVersionThatBothSpeakAndTheNewerStreamOfAHostWins() throws Exception {
        try (Cluster cluster = Cluster.of(home, 0);
                ControlClient client =
                        new ControlClient(ControlSettings.DEFAULT, System::nanoTime)) {
            Ear first = new Ear();
            ControlStream old = client.connect(cluster.address(0), hello("p"), first);
            assertThat(old.welcome().version()).isEqualTo(1);
            client.connect(cluster.address(0), hello("p"), new Ear());

            assertThat(first.closed.get(30, TimeUnit.SECONDS)).contains("another stream");
        }
    }
}
