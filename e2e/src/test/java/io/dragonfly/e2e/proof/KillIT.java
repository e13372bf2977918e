// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.Relay;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// One of all that takes part in a download is killed in its middle, at a block that the seed
/// chooses, and started again: the download ends with the right bytes, and next to nothing is
/// fetched twice. `-De2e.seeds=50` plays more of them; `-De2e.first=41 -De2e.victims=DFGET` only
/// those from there on, and of one victim.
final class KillIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final Swarm SWARM = new Swarm(LAB);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long FIRST = Long.getLong("e2e.first", 1);
    private static final long SEEDS = Long.getLong("e2e.seeds", 5);
    private static final String VICTIMS = System.getProperty("e2e.victims", "");
    private static final int LENGTH = 200_000_000;
    private static final int BLOCK = 256 << 10;
    private static final long RATE = 50_000_000;

    /// What sockets and programs hold at the moment of the kill: buffers of the kernel, and the
    /// ranges of 1 MiB that have begun.
    private static final long IN_FLIGHT = 8 << 20;

    private static Content content;
    private static String sha256;
    private static TestOrigin origin;
    private static Relay relay;

    enum Victim {
        DFGET,
        DFDAEMON,
        SUPERNODE,
        ORIGIN_CONNECTION
    }

    @BeforeAll
    static void start() throws IOException {
        content = Content.random(51, LENGTH);
        sha256 = content.sha256();
        origin = new TestOrigin();
        relay = Relay.before(URI.create(origin.url("/")).getPort());
        relay.limit(RATE);
    }

    @AfterAll
    static void stop() throws IOException {
        relay.close();
        origin.close();
    }

    static Stream<Arguments> cases() {
        return Arrays.stream(Victim.values())
                .filter(victim -> VICTIMS.isEmpty() || VICTIMS.contains(victim.name()))
                .flatMap(victim ->
                        LongStream.rangeClosed(FIRST, SEEDS)
                                .mapToObj(seed -> Arguments.of(victim, seed)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theDownloadGoesOnAndNextToNothingIsFetchedTwice(Victim victim, long seed)
            throws IOException {
        String name = victim + "-" + seed;
        long blocks = LENGTH / BLOCK;
        long bytes = BLOCK * (blocks / 20 + new Random(seed).nextLong(blocks * 9 / 10));
        try (Play play = new Play(name)) {
            Swarm.awaitVerified(play.dfget, bytes, LIMIT);
            play.kill(victim);

            int status = play.dfget.await(LIMIT);

            assertThat(status).as("%s", play.dfget).isZero();
            assertThat(Digests.sha256(play.output)).isEqualTo(sha256);
            System.out.printf(
                    "%s: at %d MB; from the origin %.3f, from the seed %.3f of the content%n",
                    name, bytes / 1_000_000, play.fromOrigin(), play.fromSeed());
            double most = 1.02 + (double) IN_FLIGHT / LENGTH;
            assertThat(play.fromOrigin()).as("read from the origin").isBetween(1.0, most);
            assertThat(play.fromSeed()).as("sent by the seed").isBetween(0.0, most);
        }
    }

    /// A download by programs of its own.
    private static final class Play implements AutoCloseable {
        private final String name;
        private final String url;
        private final Path output;
        private final long originBefore = relay.down();
        private Swarm.Supernode supernode;
        private Swarm.Daemon daemon;
        private Running dfget;
        private long seedBefore;

        Play(String name) throws IOException {
            this.name = name;
            URI served = URI.create(origin.serve("/" + name, Answers.honest(content)));
            url = "http://127.0.0.1:" + relay.port() + served.getPath();
            output = LAB.path(name).resolve("file");
            Files.createDirectories(LAB.path(name));
            supernode = SWARM.supernode(Host.THIS, name + "/sn");
            daemon = startDaemon();
            dfget = startDfget();
        }

        private Swarm.Daemon startDaemon() {
            return SWARM.daemon(Host.THIS, name + "/d", supernode.node(), "--ip", "127.0.0.1");
        }

        private Running startDfget() {
            return SWARM.download(daemon, url, output, "--notbs", "--locallimit", "50M");
        }

        /// Kills the victim, and starts it again where it does not do so by itself.
        void kill(Victim victim) throws IOException {
            switch (victim) {
                case DFGET -> {
                    dfget.kill();
                    dfget = startDfget();
                }
                case DFDAEMON -> {
                    daemon.process().kill();
                    assertThat(dfget.await(LIMIT)).isEqualTo(17);
                    daemon = startDaemon();
                    dfget = startDfget();
                }
                case SUPERNODE -> {
                    seedBefore = verified();
                    supernode.process().kill();
                    supernode =
                            SWARM.supernode(
                                    Host.THIS,
                                    name + "/sn",
                                    "--port",
                                    Integer.toString(supernode.port()),
                                    "--piece-port",
                                    Integer.toString(supernode.piecePort()));
                }
                case ORIGIN_CONNECTION -> relay.reset();
            }
            try (Stream<Path> files = Files.list(LAB.path(name))) {
                assertThat(files.map(Path::getFileName).map(Path::toString)).doesNotContain("file");
            }
        }

        private long verified() {
            return Swarm.event(dfget, "progress").orElseThrow().path("verified").asLong();
        }

        /// Bytes read from the origin, as a part of the content.
        double fromOrigin() {
            return (double) (relay.down() - originBefore) / LENGTH;
        }

        /// Bytes sent by the seed, as a part of the content. What a killed one has sent is at least
        /// what the host has verified of it.
        double fromSeed() {
            return (seedBefore + supernode.metric("uploaded_bytes_total")) / LENGTH;
        }

        @Override
        public void close() {
            daemon.process().kill();
            supernode.process().kill();
            LAB.delete(LAB.path(name));
        }
    }
}
