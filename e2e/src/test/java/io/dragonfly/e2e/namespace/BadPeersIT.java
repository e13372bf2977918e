// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Bed;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.NeedsRoot;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Swarm;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// One host's disk flips bits, another host answers no more; the others must not suffer. The
/// supernode's uplink is thin, so that everyone depends on the peers.
@ExtendWith(NeedsRoot.class)
final class BadPeersIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final long MB = 1_000_000;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static SwarmOfHosts hosts;

    @BeforeAll
    static void start() {
        hosts =
                new SwarmOfHosts(LAB, Bed.Family.IPV4)
                        .withSupernodes(1)
                        .withDaemons(SwarmOfHosts.DAEMONS);
    }

    @Test
    void noWrongByteReachesAnOutputAndTheOthersFinish() throws IOException {
        Nginx.File file = hosts.origin.file("bad", 81, 60 * MB);
        Swarm.Daemon liar = hosts.daemons.get(0);
        Swarm.Daemon stalled = hosts.daemons.get(1);
        Swarm.Daemon honest = hosts.daemons.get(2);
        List<Swarm.Daemon> first = List.of(liar, stalled, honest);
        List<Swarm.Daemon> others = hosts.daemons.subList(3, SwarmOfHosts.DAEMONS);
        hosts.swarm
                .downloads(first, file.url(), "first")
                .forEach(e -> SwarmOfHosts.assertRight(e, file));
        String liarsId = idOf(liar);
        hosts.bed.shape(hosts.supernode().host(), "20mbit", "1gbit");
        corrupt(content(liar));
        stalled.process().signal("STOP");

        List<Swarm.Ended> all = hosts.swarm.downloads(others, file.url(), "others", LIMIT);

        all.forEach(ended -> SwarmOfHosts.assertRight(ended, file));
        assertThat(hosts.supernode().process().errText())
                .as("the supernode's log")
                .contains("isolated peer=" + liarsId);
        Swarm.Daemon late = hosts.daemon("late");
        Swarm.Ended last =
                hosts.swarm.downloads(List.of(late), file.url(), "late", LIMIT).getFirst();
        SwarmOfHosts.assertRight(last, file);
        assertThat(Swarm.event(last.process(), "done").orElseThrow().path("parents").fieldNames())
                .toIterable()
                .isNotEmpty()
                .noneMatch(parent -> parent.startsWith(liar.host().address() + ":"));
        hosts.assertOriginSent(file, 1.02);
    }

    private static String idOf(Swarm.Daemon daemon) {
        for (var peer : hosts.supernode().ask("/v1/peers")) {
            if (peer.path("address").asText().startsWith(daemon.host().address() + ":")) {
                return peer.path("id").asText();
            }
        }
        throw new AssertionError("no peer at " + daemon.host().address());
    }

    /// The largest file below a daemon's data directory.
    private static Path content(Swarm.Daemon daemon) throws IOException {
        try (Stream<Path> files = Files.walk(daemon.home().resolve("data"))) {
            return files.filter(Files::isRegularFile)
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    /// Flips bits all over the file behind the daemon's back; size and time stay as they were, as
    /// with a disk that goes bad.
    private static void corrupt(Path content) throws IOException {
        FileTime time = Files.getLastModifiedTime(content);
        try (FileChannel channel =
                FileChannel.open(content, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long at = 1000; at < channel.size(); at += 100_000) {
                ByteBuffer one = ByteBuffer.allocate(1);
                int count = channel.read(one, at);
                assertThat(count).isEqualTo(1);
                one.put(0, (byte) ~one.get(0)).rewind();
                channel.write(one, at);
            }
        }
        Files.setLastModifiedTime(content, time);
    }
}
