// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.faults;

import io.dragonfly.e2e.Command;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Site;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.bench.ShapedHosts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The processes and disks of a swarm to which things happen. Each peer has a small disk of its
/// own. Used by one thread.
final class Victims {
    private static final long FLIP_EVERY_BYTES = 100_000;

    /// Exit code of a daemon.
    private static final int HOME_IN_USE = 18;

    private final ShapedHosts hosts;
    private final Nginx origin;
    private final Swarm swarm;
    private final List<Path> disks = new ArrayList<>();
    private final List<Swarm.Daemon> daemons = new ArrayList<>();
    private final Set<Integer> killed = new HashSet<>();
    private final Set<Integer> full = new HashSet<>();
    private Swarm.Supernode supernode;
    private boolean supernodeKilled;

    Victims(Site site, ShapedHosts hosts, Nginx origin, long diskBytes) {
        this.hosts = hosts;
        this.origin = origin;
        swarm = new Swarm(site);
        supernode = startSupernode();
        for (int peer = 0; peer < hosts.peers().size(); peer++) {
            Path disk = site.path("p" + peer);
            disks.add(disk);
            Command.must("mkdir " + disk);
            Command.must("mount -t tmpfs -o size=%d tmpfs %s".formatted(diskBytes, disk));
            site.atEnd(() -> Command.must("umount -l " + disk));
            daemons.add(startDaemon(peer));
        }
        daemons.forEach(swarm::ready);
    }

    private Swarm.Supernode startSupernode() {
        return swarm.supernode(hosts.supernode(), "supernode");
    }

    private Swarm.Daemon startDaemon(int peer) {
        Host host = hosts.peers().get(peer);
        String node = hosts.supernode().at(supernode.port());
        // The disks are small: the default reserve would be all of them.
        return swarm.starting(host, "p" + peer + "/home", node, "--disk-reserve", "16M");
    }

    Running dfget(int peer, String url, Path output) {
        return swarm.download(daemons.get(peer), url, output);
    }

    /// Whether an attempt on this peer is worth it now.
    boolean canDownload(int peer) {
        Running daemon = daemons.get(peer).process();
        return !killed.contains(peer)
                && !full.contains(peer)
                && (daemon.outText().contains("ready ") || wasForestalled(daemon));
    }

    void begin(FaultPlan.Event event) {
        int peer = event.peer();
        switch (event.fault()) {
            case KILL -> {
                daemons.get(peer).process().kill();
                killed.add(peer);
            }
            case STOP -> signal(daemons.get(peer).process(), "STOP");
            case BLACKHOLE -> hosts.bed().blackhole(hosts.peers().get(peer), true);
            case RESET -> hosts.bed().reset(hosts.peers().get(peer));
            case THROTTLE -> hosts.throttle(peer, 0.01);
            case FILL_DISK -> {
                fill(disks.get(peer));
                full.add(peer);
            }
            case CORRUPT -> corrupt(daemons.get(peer).home().resolve("data"));
            case KILL_SUPERNODE -> {
                supernode.process().kill();
                supernodeKilled = true;
            }
            case STOP_SUPERNODE -> supernode.process().signal("STOP");
            case STOP_ORIGIN -> origin.process().signal("STOP");
        }
    }

    void end(FaultPlan.Event event) {
        int peer = event.peer();
        switch (event.fault()) {
            case KILL -> {
                daemons.set(peer, startDaemon(peer));
                killed.remove(peer);
            }
            case STOP -> signal(daemons.get(peer).process(), "CONT");
            case BLACKHOLE -> hosts.bed().blackhole(hosts.peers().get(peer), false);
            case THROTTLE -> hosts.throttle(peer, 1);
            case FILL_DISK -> {
                delete(disks.get(peer).resolve("full"));
                full.remove(peer);
            }
            case KILL_SUPERNODE -> {
                supernode = startSupernode();
                supernodeKilled = false;
            }
            case STOP_SUPERNODE -> supernode.process().signal("CONT");
            case STOP_ORIGIN -> origin.process().signal("CONT");
            case RESET, CORRUPT -> {
                // Nothing lasts.
            }
        }
    }

    private static void signal(Running process, String signal) {
        if (process.alive()) {
            process.signal(signal);
        }
    }

    /// Processes that ended though nobody killed them.
    List<String> died() {
        List<String> dead = new ArrayList<>();
        for (int peer = 0; peer < daemons.size(); peer++) {
            Running daemon = daemons.get(peer).process();
            if (!killed.contains(peer) && !daemon.alive() && !wasForestalled(daemon)) {
                dead.add("the daemon of p%d ended: %s".formatted(peer, daemon));
            }
        }
        if (!supernodeKilled && !supernode.process().alive()) {
            dead.add("the supernode ended: " + supernode.process());
        }
        return dead;
    }

    /// A dfget that just then began has started a daemon itself: ours found the home in use.
    private static boolean wasForestalled(Running daemon) {
        return !daemon.alive() && daemon.await(Duration.ofSeconds(1)) == HOME_IN_USE;
    }

    /// Leaves no byte free.
    private static void fill(Path disk) {
        byte[] zeros = new byte[1 << 16];
        try (FileChannel channel =
                FileChannel.open(
                        disk.resolve("full"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            for (int chunk = zeros.length; chunk > 0; chunk /= 16) {
                writeUntilFull(channel, ByteBuffer.wrap(zeros, 0, chunk));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeUntilFull(FileChannel channel, ByteBuffer bytes) {
        try {
            while (true) {
                channel.write(bytes.rewind());
            }
        } catch (IOException e) {
            // No space is left for so much.
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Flips bits all over the largest file behind the daemon's back, as a disk that goes bad.
    private static void corrupt(Path data) {
        try {
            Optional<Path> content = largest(data);
            if (content.isEmpty()) {
                return;
            }
            try (FileChannel channel =
                    FileChannel.open(
                            content.get(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                ByteBuffer one = ByteBuffer.allocate(1);
                for (long at = 1000; at < channel.size(); at += FLIP_EVERY_BYTES) {
                    if (channel.read(one.clear(), at) == 1) {
                        one.put(0, (byte) ~one.get(0));
                        channel.write(one.rewind(), at);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> largest(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()));
        }
    }
}
