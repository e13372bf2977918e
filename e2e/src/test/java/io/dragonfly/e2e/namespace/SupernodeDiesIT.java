// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.namespace;

import io.dragonfly.e2e.Bed;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.NeedsRoot;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Swarm;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The first of two supernodes is killed in the middle of a download.
@ExtendWith(NeedsRoot.class)
final class SupernodeDiesIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final long MB = 1_000_000;

    private static SwarmOfHosts hosts;

    @BeforeAll
    static void start() {
        hosts =
                new SwarmOfHosts(LAB, Bed.Family.IPV4)
                        .withSupernodes(2)
                        .withDaemons(SwarmOfHosts.DAEMONS);
    }

    @Test
    void allHostsFinishWithTheSecondAndTheOriginSendsTheFileTwiceAtMost() {
        Nginx.File file = hosts.origin.file("200M", 71, 200 * MB);
        List<Running> downloads = new ArrayList<>();
        List<Path> outputs = new ArrayList<>();
        for (Swarm.Daemon daemon : hosts.daemons) {
            outputs.add(daemon.home().resolveSibling(daemon.home().getFileName() + "-out"));
            downloads.add(
                    hosts.swarm.download(
                            daemon, file.url(), outputs.getLast(), "--locallimit", "10M"));
        }
        Swarm.awaitVerified(downloads.getFirst(), file.length() * 3 / 10, Duration.ofMinutes(2));

        hosts.supernode().process().kill();

        for (int i = 0; i < downloads.size(); i++) {
            int status = downloads.get(i).await(Duration.ofMinutes(3));
            SwarmOfHosts.assertRight(
                    new Swarm.Ended(status, outputs.get(i), downloads.get(i)), file);
        }
        hosts.assertOriginSent(file, 2.05);
    }
}
