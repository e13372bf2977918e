// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.soak;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Footprint;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Site;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.Wait;
import io.dragonfly.e2e.bench.ShapedHosts;
import io.dragonfly.e2e.bench.Topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// A new file every few seconds for all hosts, while daemons are killed and started again. One
/// thread does it all.
final class Soak {
    private static final Duration DOWNLOAD_LIMIT = Duration.ofSeconds(60);
    private static final double MOST_DOWN_SECONDS = 10;

    /// Files that the origin still has; a download that is run again may ask for the second last.
    private static final int KEPT_FILES = 12;

    /// What stores may hold, in files: they evict all the time.
    private static final int STORED_FILES = 8;

    /// What is done, and how fast.
    ///
    /// @param fileEvery seconds
    /// @param killEvery seconds on average between two deaths
    record Pace(long bytes, double fileEvery, double killEvery) {}

    private final Swarm swarm;
    private final ShapedHosts hosts;
    private final Nginx origin;
    private final Pace pace;
    private final RandomGenerator random;
    private final Consumer<String> log;
    private final Site site;
    private final String[] storeOptions;
    private final Swarm.Supernode supernode;
    private final List<Swarm.Daemon> daemons = new ArrayList<>();
    private final List<Nginx.File> files = new ArrayList<>();
    private final List<Order> orders = new ArrayList<>();
    private final List<Minute> minutes = new ArrayList<>();
    private List<Double> latencies = new ArrayList<>();
    private int interrupted;
    private int failed;
    private int allFailed;
    private double nextFile;
    private double nextKill;

    /// When each killed daemon comes back; 0 for those that run.
    private final double[] backAt;

    /// One download of one peer.
    private final class Order {
        private final int peer;
        private final Nginx.File file;
        private final Path output;
        private Running process;
        private long start;
        private volatile long end;
        private boolean wasInterrupted;

        /// Its daemon was killed while this process of it ran.
        private boolean mayFail;

        private long killed;

        Order(int peer, Nginx.File file) {
            this.peer = peer;
            this.file = file;
            this.output = site.path("out-%d-%s".formatted(peer, file.path()));
            this.process = begin();
        }

        private Running begin() {
            start = System.nanoTime();
            end = 0;
            mayFail = false;
            // The restarted daemon must find its home free: dfget does not start one meanwhile.
            Running begun = swarm.downloadOnly(daemons.get(peer), file.url(), output);
            begun.atEnd(() -> end = System.nanoTime());
            return begun;
        }

        /// Looks after it.
        ///
        /// @return whether it is over
        boolean step() {
            if (process.alive() || end == 0) {
                if (System.nanoTime() - start > DOWNLOAD_LIMIT.toNanos()) {
                    fail("not complete within " + DOWNLOAD_LIMIT.toSeconds() + " s");
                    process.kill();
                    return true;
                }
                return false;
            }
            int status = process.await(Duration.ofSeconds(1));
            return switch (After.of(status, mayFail, state(peer))) {
                case DONE -> {
                    finish();
                    yield true;
                }
                case AGAIN -> {
                    process.deleteOutput();
                    process = begin();
                    yield false;
                }
                case WAIT -> {
                    boolean tooLong = System.nanoTime() - killed > DOWNLOAD_LIMIT.toNanos();
                    if (tooLong) {
                        fail("its daemon is not back");
                    }
                    yield tooLong;
                }
                case FAILED -> {
                    fail("ended with " + status);
                    yield true;
                }
            };
        }

        void cutOff() {
            wasInterrupted = true;
            mayFail = true;
            killed = System.nanoTime();
        }

        private void finish() {
            if (!Digests.sha256(output).equals(file.sha256())) {
                fail("has wrong bytes");
            }
            if (wasInterrupted) {
                interrupted++;
            } else {
                latencies.add((end - start) / 1e9);
            }
            delete(output);
            process.deleteOutput();
        }

        private void fail(String why) {
            failed++;
            allFailed++;
            log.accept("FAILED: p%d, %s: %s: %s".formatted(peer, file.path(), why, process));
        }
    }

    Soak(Site site, Topology topology, Pace pace, RandomGenerator random, Consumer<String> log) {
        this.site = site;
        this.pace = pace;
        this.random = random;
        this.log = log;
        storeOptions = storeOptions(pace);
        hosts = new ShapedHosts(site, topology);
        origin = new Nginx(site, hosts.origin());
        swarm = new Swarm(site);
        supernode = swarm.supernode(hosts.supernode(), "supernode", storeOptions);
        backAt = new double[hosts.peers().size()];
        for (int peer = 0; peer < backAt.length; peer++) {
            daemons.add(startDaemon(peer));
        }
        daemons.forEach(swarm::ready);
    }

    /// What a host still offers, its supernode keeps: where nothing is given up before the stores
    /// are full, none has room for the next file and all read it from the origin.
    static String[] storeOptions(Pace pace) {
        long offered = Math.max(1, (long) (pace.fileEvery() * STORED_FILES / 4));
        return new String[] {
            "--disk-cap", Long.toString(STORED_FILES * pace.bytes()), "--expiretime", offered + "s"
        };
    }

    private Swarm.Daemon startDaemon(int peer) {
        String node = supernode.node();
        return swarm.starting(hosts.peers().get(peer), "p" + peer, node, storeOptions);
    }

    /// Runs for so long.
    ///
    /// @param each takes each minute when it is over
    List<Minute> run(Duration time, Consumer<Minute> each) {
        long start = System.nanoTime();
        nextKill = pace.killEvery();
        Wait.until(
                "the end of the soak",
                time.plus(DOWNLOAD_LIMIT).plusMinutes(2),
                () -> {
                    double now = (System.nanoTime() - start) / 1e9;
                    boolean over = now >= time.toSeconds();
                    if (!over) {
                        act(now);
                    }
                    bringBack(now);
                    orders.removeIf(Order::step);
                    boolean end = over && orders.isEmpty();
                    if (now >= 60.0 * (minutes.size() + 1) || end) {
                        minutes.add(minute());
                        each.accept(minutes.getLast());
                    }
                    return end;
                });
        return minutes;
    }

    int failures() {
        return allFailed;
    }

    private void act(double now) {
        if (now >= nextFile) {
            nextFile += pace.fileEvery();
            newFile();
        }
        if (now >= nextKill) {
            // The first is never killed: its memory is what is watched.
            int peer = 1 + random.nextInt(backAt.length - 1);
            nextKill = now + random.nextDouble(2 * pace.killEvery());
            if (state(peer) == After.Daemon.READY) {
                daemons.get(peer).process().kill();
                backAt[peer] = now + random.nextDouble(0.2, MOST_DOWN_SECONDS);
                orders.stream().filter(order -> order.peer == peer).forEach(Order::cutOff);
            }
        }
    }

    private void newFile() {
        int number = files.size();
        files.add(origin.file("f" + number, number, pace.bytes()));
        if (number >= KEPT_FILES) {
            delete(origin.content(files.get(number - KEPT_FILES)));
        }
        for (int peer = 0; peer < backAt.length; peer++) {
            if (state(peer) == After.Daemon.READY) {
                orders.add(new Order(peer, files.getLast()));
            }
        }
    }

    private void bringBack(double now) {
        for (int peer = 0; peer < backAt.length; peer++) {
            if (backAt[peer] > 0 && now >= backAt[peer]) {
                backAt[peer] = 0;
                daemons.get(peer).process().deleteOutput();
                daemons.set(peer, startDaemon(peer));
            }
        }
    }

    private After.Daemon state(int peer) {
        if (backAt[peer] > 0) {
            return After.Daemon.KILLED;
        }
        Running process = daemons.get(peer).process();
        if (!process.alive()) {
            return After.Daemon.ENDED;
        }
        return process.outText().contains("ready ") ? After.Daemon.READY : After.Daemon.STARTING;
    }

    private Minute minute() {
        double[] times = latencies.stream().mapToDouble(Double::doubleValue).toArray();
        Minute.Use most = Minute.Use.NONE;
        for (int peer = 0; peer < backAt.length; peer++) {
            if (backAt[peer] == 0) {
                most = most.most(use(daemons.get(peer).process()));
            }
        }
        Minute minute =
                new Minute(
                        minutes.size() + 1,
                        times.length,
                        interrupted,
                        failed,
                        Minute.quantile(times, 0.5),
                        Minute.quantile(times, 0.99),
                        use(supernode.process()),
                        use(daemons.getFirst().process()),
                        most);
        latencies = new ArrayList<>();
        interrupted = 0;
        failed = 0;
        return minute;
    }

    /// Nothing where it has ended by itself, which [#died] tells.
    private static Minute.Use use(Running process) {
        if (!process.alive()) {
            return Minute.Use.NONE;
        }
        Footprint print = Footprint.of(process);
        return new Minute.Use(print.resident(), print.anonymous(), print.descriptors());
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether all processes that should run do so.
    List<String> died() {
        List<String> dead = new ArrayList<>();
        for (int peer = 0; peer < backAt.length; peer++) {
            if (state(peer) == After.Daemon.ENDED) {
                Running process = daemons.get(peer).process();
                dead.add(String.format(Locale.ROOT, "daemon p%d ended: %s", peer, process));
            }
        }
        if (!supernode.process().alive()) {
            dead.add("the supernode ended: " + supernode.process());
        }
        return dead;
    }
}
