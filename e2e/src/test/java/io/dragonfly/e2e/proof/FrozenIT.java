// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Relay;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.Wait;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The supernode, and then the origin, stands still for a minute while thirty hosts wait: nobody
/// fails, and the origin is not overrun.
@EnabledIfSystemProperty(named = "e2e.full", matches = "|true")
final class FrozenIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final Swarm SWARM = new Swarm(LAB);
    private static final int DAEMONS = Integer.getInteger("e2e.daemons", 30);
    private static final Duration FROZEN =
            Duration.ofSeconds(Integer.getInteger("e2e.frozen-seconds", 60));
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final long LENGTH = 60_000_000;
    private static final int MOST_CONNECTIONS = 10;

    @Test
    void aFrozenSupernodeAndThenAFrozenOriginLetNobodyFail() throws IOException {
        int port = freePort();
        Nginx nginx = new Nginx(LAB, Host.THIS, port);
        Swarm.Supernode supernode = SWARM.supernode(Host.THIS, "sn");
        List<Swarm.Daemon> daemons = new ArrayList<>();
        for (int i = 0; i < DAEMONS; i++) {
            daemons.add(SWARM.starting(Host.THIS, "d" + i, supernode.node(), "--ip", "127.0.0.1"));
        }
        daemons.forEach(SWARM::ready);

        play("supernode", nginx, daemons, supernode.process());
        play("origin", nginx, daemons, nginx.process());
    }

    private static void play(String frozen, Nginx nginx, List<Swarm.Daemon> daemons, Running victim)
            throws IOException {
        Nginx.File file = nginx.file(frozen, 91, LENGTH);
        URI direct = URI.create(file.url());
        try (Relay relay = Relay.before(direct.getPort())) {
            relay.limit(LENGTH / 10);
            String url = "http://127.0.0.1:" + relay.port() + direct.getPath();
            List<Running> downloads = new ArrayList<>();
            List<Path> outputs = new ArrayList<>();
            for (Swarm.Daemon daemon : daemons) {
                outputs.add(LAB.path(daemon.home().getFileName() + "-" + frozen));
                downloads.add(SWARM.download(daemon, url, outputs.getLast()));
            }
            Swarm.awaitVerified(downloads.getFirst(), LENGTH / 10, LIMIT);

            victim.signal("STOP");
            Wait.pass(FROZEN);
            victim.signal("CONT");

            for (int i = 0; i < downloads.size(); i++) {
                assertThat(downloads.get(i).await(LIMIT)).as("%s", downloads.get(i)).isZero();
                assertThat(Digests.sha256(outputs.get(i))).isEqualTo(file.sha256());
            }
            System.out.printf(
                    "%s frozen for %d s under %d hosts: at most %d connections at a time at the"
                            + " origin, %.2f x the content read%n",
                    frozen,
                    FROZEN.toSeconds(),
                    daemons.size(),
                    relay.mostOpen(),
                    (double) relay.down() / LENGTH);
            assertThat(relay.mostOpen()).as("connections").isLessThanOrEqualTo(MOST_CONNECTIONS);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
