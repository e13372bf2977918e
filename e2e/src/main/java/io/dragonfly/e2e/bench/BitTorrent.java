// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Site;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// BitTorrent over TCP: a tracker and a seed that has the file already, on the origin's host; peers
/// seed on when they are complete. The supernode's host does nothing.
final class BitTorrent implements Contestant {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int TRACKER_PORT = 6969;

    /// 1 MiB, as good as any for the sizes here.
    private static final String PIECE_BYTES = Integer.toString(1 << 20);

    /// The client that everybody uses, and what it says when it has everything.
    enum Client {
        ARIA2("Download complete"),
        LIBTORRENT("complete");

        private final String doneLine;

        Client(String doneLine) {
            this.doneLine = doneLine;
        }
    }

    private final Start start;
    private final Client client;
    private final Path torrent;
    private final List<Running> standing = new ArrayList<>();

    BitTorrent(Start start, Client client) {
        this.start = start;
        this.client = client;
        Site site = start.site();
        Host origin = start.hosts().origin();
        torrent = site.path("file.torrent");
        Running tracker =
                site.start(
                        origin,
                        "tracker",
                        python(
                                "tracker.py",
                                Integer.toString(TRACKER_PORT),
                                site.dir().toString()));
        standing.add(tracker);
        var _ = tracker.awaitLine("ready", START);
        Path content = start.origin().content(start.file());
        Path parent = Objects.requireNonNull(content.getParent());
        String announce = "http://" + origin.at(TRACKER_PORT) + "/announce";
        Running maker =
                site.start(
                        origin,
                        "torrent",
                        python(
                                "torrent.py",
                                content.toString(),
                                torrent.toString(),
                                announce,
                                PIECE_BYTES));
        if (maker.await(START) != 0) {
            throw new IllegalStateException("no torrent: " + maker);
        }
        Running seed = site.start(origin, "seed", command(parent.toString(), origin, true));
        standing.add(seed);
        var _ = seed.awaitLine(client.doneLine, START);
    }

    @Override
    public Map<String, List<Running>> standing() {
        return Map.of("origin", standing);
    }

    @Override
    public List<Download> downloads() {
        List<Download> all = new ArrayList<>();
        for (Host host : start.hosts().peers()) {
            Path directory = start.site().path("peer-" + all.size());
            Path output = directory.resolve(start.file().path());
            List<String> command = command(directory.toString(), host, false);
            all.add(new Download(host, command, output, client.doneLine));
        }
        return all;
    }

    private List<String> command(String directory, Host host, boolean hasIt) {
        return switch (client) {
            case LIBTORRENT ->
                    python("libtorrent_peer.py", torrent.toString(), directory, host.address());
            case ARIA2 -> aria2(directory, hasIt);
        };
    }

    /// One that has the file checks it first; both seed for ever.
    private List<String> aria2(String directory, boolean hasIt) {
        return List.of(
                "aria2c",
                "--no-conf",
                "--enable-dht=false",
                "--enable-peer-exchange=false",
                "--bt-enable-lpd=false",
                "--seed-ratio=0.0",
                "--file-allocation=none",
                "--summary-interval=0",
                "--show-console-readout=false",
                "--console-log-level=notice",
                "--check-integrity=" + hasIt,
                "--dir=" + directory,
                "--torrent-file=" + torrent);
    }

    private static List<String> python(String script, String... arguments) {
        List<String> command = new ArrayList<>();
        // Debian's own: others do not see what its packages have installed.
        command.addAll(List.of("/usr/bin/python3", "-u", script(script)));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String script(String name) {
        String bench = System.getProperty("dragonfly.bench", "../bench");
        return Path.of(bench, "rivals", name).toAbsolutePath().normalize().toString();
    }
}
