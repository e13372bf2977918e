// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Footprint;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.Order;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.e2e.Wait;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.time.Duration;

/// Many downloads, one after the other: nothing piles up.
final class FootprintIT {
    @RegisterExtension static final Lab LAB = new Lab();

    /// More than the versions whose files a store keeps open though nobody uses them.
    private static final int WARM_UP = 150;

    private static final int DOWNLOADS = 200;
    private static final int LENGTH = 400_000;

    /// What one of 200 would leave behind is seen; a pool that grew by a few is not.
    private static final int SLACK = 20;

    private static final Duration CALM = Duration.ofSeconds(90);
    private static final Swarm SWARM = new Swarm(LAB);

    @Test
    void descriptorsAndThreadsAreFlatOverTwoHundredDownloads() throws IOException {
        try (TestOrigin origin = new TestOrigin()) {
            Swarm.Supernode supernode = SWARM.supernode(Host.THIS, "sn");
            Swarm.Daemon first = SWARM.daemon(Host.THIS, "d1", supernode.node());
            Swarm.Daemon second = SWARM.daemon(Host.THIS, "d2", supernode.node());
            download(origin, first, second, 0, WARM_UP);
            Footprint seed = Footprint.of(supernode.process());
            Footprint host = Footprint.of(second.process());

            download(origin, first, second, WARM_UP, WARM_UP + DOWNLOADS);

            assertFlat("supernode", seed, supernode.process());
            assertFlat("daemon", host, second.process());
        }
    }

    private static void download(
            TestOrigin origin, Swarm.Daemon first, Swarm.Daemon second, int from, int to)
            throws IOException {
        for (int i = from; i < to; i++) {
            String url = origin.serve("/" + i, Answers.honest(Content.random(i, LENGTH)));
            assertThat(Order.place(first, url)).contains("\"event\":\"done\"");
            assertThat(Order.place(second, url)).contains("\"event\":\"done\"");
        }
    }

    private static void assertFlat(String name, Footprint before, Running process) {
        System.out.printf("%s: %s, then %s%n", name, before, Footprint.of(process));
        Wait.until(
                "descriptors and threads of the " + name + " are as before: " + before,
                CALM,
                () -> {
                    Footprint now = Footprint.of(process);
                    return now.descriptors() <= before.descriptors() + SLACK
                            && now.threads() <= before.threads() + SLACK;
                });
    }
}
