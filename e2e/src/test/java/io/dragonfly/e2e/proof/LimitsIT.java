// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.RawSocket;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.e2e.Wait;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/// Every limit holds within 5 %: payload over windows of two seconds, after the first two, counted
/// by the program that keeps the limit, where it keeps it (what lies in the buffers of the kernel
/// was not received yet). Prints a table. By hand, on a machine that does nothing else.
@EnabledIfSystemProperty(named = "e2e.full", matches = "|true")
final class LimitsIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final Swarm SWARM = new Swarm(LAB);
    private static final int LENGTH = 400_000_000;
    private static final int WINDOWS = 6;
    private static final long RATE = 20_000_000;
    private static final double TOLERANCE = 0.05;
    private static final Duration WINDOW = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String R = Long.toString(RATE);

    private static TestOrigin origin;
    private static Content content;

    /// Whose counter shows the limit.
    enum At {
        /// Bytes that the daemon receives.
        DAEMON,
        /// Bytes that the supernode sends.
        SEED,
        /// Bytes that the supernode reads from the origin.
        ORIGIN,
        /// Bytes that one daemon sends to two others, which also fetch from the supernode: only not
        /// more than the limit.
        UPLOADS
    }

    /// What is limited, and by which options of the programs.
    @SuppressWarnings("ImmutableEnumChecker") // the lists are
    enum Limited {
        TASK(At.DAEMON, List.of(), List.of(), List.of("--locallimit", R)),
        HOST_TOTAL(At.DAEMON, List.of(), List.of("--totallimit", R), List.of()),
        HOST_DOWN(At.DAEMON, List.of(), List.of("--download-limit", R), List.of()),
        HOST_CLASS(
                At.DAEMON,
                List.of(),
                List.of("--background-limit", R),
                List.of("--class", "background")),
        HOST_DISK(At.DAEMON, List.of(), List.of("--disk-limit", R), List.of()),
        HOST_UP(At.UPLOADS, List.of(), List.of("--upload-limit", R), List.of()),
        SUPERNODE_OUT(At.SEED, List.of("--upload-limit", R), List.of(), List.of()),
        SUPERNODE_IN(At.ORIGIN, List.of("--download-limit", R), List.of(), List.of()),
        SUPERNODE_ORIGIN(At.ORIGIN, List.of("--origin-limit", R), List.of(), List.of()),
        SUPERNODE_DISK(At.ORIGIN, List.of("--disk-limit", R), List.of(), List.of());

        private final At at;
        private final List<String> supernode;
        private final List<String> daemon;
        private final List<String> dfget;

        Limited(At at, List<String> supernode, List<String> daemon, List<String> dfget) {
            this.at = at;
            this.supernode = supernode;
            this.daemon = daemon;
            this.dfget = dfget;
        }
    }

    @BeforeAll
    static void start() throws IOException {
        origin = new TestOrigin();
        content = Content.random(95, LENGTH);
    }

    @AfterAll
    static void stop() {
        origin.close();
    }

    @ParameterizedTest
    @EnumSource
    void aLimitHoldsWithinFivePercent(Limited limited) {
        String name = limited.name();
        String url = origin.serve("/" + name, Answers.honest(content));
        Swarm.Supernode supernode =
                SWARM.supernode(Host.THIS, name + "-sn", limited.supernode.toArray(String[]::new));
        Swarm.Daemon daemon = daemon(name + "-d", supernode, limited.daemon);

        List<Double> rates =
                switch (limited.at) {
                    case DAEMON -> ofDownload(daemon, url, limited, () -> received(daemon));
                    case SEED ->
                            ofDownload(daemon, url, limited, () -> sent(supernode, "uploaded"));
                    case ORIGIN ->
                            ofDownload(daemon, url, limited, () -> sent(supernode, "origin"));
                    case UPLOADS -> ofUploads(daemon, supernode, url);
                };
        daemon.process().kill();
        supernode.process().kill();

        double least = rates.stream().mapToDouble(r -> r).min().orElseThrow();
        double most = rates.stream().mapToDouble(r -> r).max().orElseThrow();
        System.out.printf(
                "| %s | %.1f MB/s | %.2f | %.2f |%n", name, RATE / 1e6, least / 1e6, most / 1e6);
        assertThat(most).as("bytes per second").isLessThanOrEqualTo(RATE * (1 + TOLERANCE));
        if (limited.at != At.UPLOADS) {
            assertThat(least).as("bytes/s").isGreaterThanOrEqualTo(RATE * (1 - TOLERANCE));
        }
    }

    private static Swarm.Daemon daemon(
            String name, Swarm.Supernode supernode, List<String> options) {
        List<String> all = new ArrayList<>(List.of("--ip", "127.0.0.1"));
        all.addAll(options);
        return SWARM.daemon(Host.THIS, name, supernode.node(), all.toArray(String[]::new));
    }

    private static List<Double> ofDownload(
            Swarm.Daemon daemon, String url, Limited limited, DoubleSupplier counter) {
        Running dfget =
                SWARM.download(
                        daemon,
                        url,
                        LAB.path(daemon.home().getFileName() + "-out"),
                        limited.dfget.toArray(String[]::new));
        List<Double> rates = rates(counter);
        dfget.kill();
        return rates;
    }

    private static List<Double> ofUploads(
            Swarm.Daemon full, Swarm.Supernode supernode, String url) {
        assertThat(SWARM.downloads(List.of(full), url, "full").getFirst().status()).isZero();
        List<Running> downloads =
                Stream.of("up-1", "up-2")
                        .map(name -> daemon(name, supernode, List.of()))
                        .map(daemon ->
                                SWARM.download(
                                        daemon,
                                        url,
                                        LAB.path(daemon.home().getFileName() + "-out")))
                        .toList();
        List<Double> rates = rates(() -> served(full));
        downloads.forEach(Running::kill);
        return rates;
    }

    private static double sent(Swarm.Supernode supernode, String what) {
        return supernode.metric(what + "_bytes_total");
    }

    private static double received(Swarm.Daemon daemon) {
        return metric(daemon, "received");
    }

    private static double served(Swarm.Daemon daemon) {
        return metric(daemon, "served");
    }

    private static double metric(Swarm.Daemon daemon, String what) {
        try {
            String text =
                    RawSocket.exchange(
                            UnixDomainSocketAddress.of(daemon.home().resolve("run/dfdaemon.sock")),
                            "GET /metrics HTTP/1.0\r\nHost: x\r\n\r\n");
            return Lab.metric(text, "dragonfly_dfdaemon_" + what + "_bytes_total").orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Bytes per second in each window.
    private static List<Double> rates(DoubleSupplier counter) {
        Wait.until("bytes flow", LIMIT, () -> counter.getAsDouble() > 0);
        Wait.pass(WINDOW);
        List<Double> rates = new ArrayList<>();
        double bytes = counter.getAsDouble();
        long nanos = System.nanoTime();
        for (int i = 0; i < WINDOWS; i++) {
            Wait.pass(WINDOW);
            double nextBytes = counter.getAsDouble();
            long nextNanos = System.nanoTime();
            rates.add((nextBytes - bytes) * 1e9 / (nextNanos - nanos));
            bytes = nextBytes;
            nanos = nextNanos;
        }
        return rates;
    }
}
