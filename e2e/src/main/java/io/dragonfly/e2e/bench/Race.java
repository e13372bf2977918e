// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Site;
import io.dragonfly.e2e.Wait;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// One run: a fresh bed, fresh processes, one file, all peers at once.
final class Race {
    /// So that all processes are at the gate, and the machine is calm again.
    private static final Duration CALM = Duration.ofSeconds(2);

    private static final long NOT_YET = Long.MIN_VALUE;

    private final Setting setting;
    private final Contestant.Kind kind;
    private final Topology topology;

    /// What all runs of a command share.
    ///
    /// @param work directory for files while it runs
    /// @param logs where logs go of runs that failed
    /// @param limit after which a run is given up
    /// @param keepLogs also of runs that did not fail
    /// @param options of our own programs
    record Setting(
            long bytes,
            Path work,
            Path logs,
            Duration limit,
            boolean keepLogs,
            Contestant.Options options) {}

    Race(Setting setting, Contestant.Kind kind, Topology topology) {
        this.setting = setting;
        this.kind = kind;
        this.topology = topology;
    }

    /// Runs it; everything is gone afterwards but the logs of a failure.
    Result run(int number, boolean single) throws IOException {
        Site site = new Site();
        site.openBelow(setting.work());
        boolean fine = false;
        try {
            Result result = run(site, number, single);
            fine = result.complete();
            return result;
        } finally {
            if (!fine || setting.keepLogs()) {
                String name = kind.title() + (single ? "-single-" : "-") + number;
                site.keepLogs(setting.logs().resolve(name));
            }
            site.end();
        }
    }

    /// A peer's download under way.
    private static final class Runner {
        private final Contestant.Download download;
        private final Running process;
        private final AtomicLong end = new AtomicLong(NOT_YET);

        Runner(Contestant.Download download, Running process) {
            this.download = download;
            this.process = process;
            process.atEnd(this::ended);
        }

        void ended() {
            end.compareAndSet(NOT_YET, System.nanoTime());
        }

        boolean isOver() {
            if (end.get() == NOT_YET
                    && !download.endsByItself()
                    && process.outText().contains(download.doneLine())) {
                ended();
            }
            return end.get() != NOT_YET;
        }
    }

    private Result run(Site site, int number, boolean single) {
        ShapedHosts hosts = new ShapedHosts(site, topology);
        Nginx origin = new Nginx(site, hosts.origin());
        Nginx.File file = origin.file("content", number, setting.bytes());
        Contestant contestant =
                kind.start(new Contestant.Start(site, hosts, origin, file, setting.options()));
        List<Runner> runners = new ArrayList<>();
        try (Gate gate = new Gate(site)) {
            for (Contestant.Download download : contestant.downloads()) {
                List<String> command = gate.behind(download.command());
                runners.add(new Runner(download, site.start(download.host(), "download", command)));
            }
            Wait.pass(CALM);
            Counters before = hosts.counters();
            try (Meter meter = new Meter(contestant.standing())) {
                meter.add("downloads", runners.stream().map(runner -> runner.process).toList());
                long start = System.nanoTime();
                gate.open();
                await(runners, start);
                Meter.Reading reading = meter.read("downloads");
                Counters sent = hosts.counters().since(before);
                return new Result(
                        kind.title(),
                        single,
                        number,
                        setting.bytes(),
                        topology.bound(setting.bytes()),
                        finishes(runners, start, file),
                        sent,
                        reading);
            }
        }
    }

    private List<Result.Finish> finishes(List<Runner> runners, long start, Nginx.File file) {
        List<Result.Finish> all = new ArrayList<>();
        for (int i = 0; i < runners.size(); i++) {
            Runner runner = runners.get(i);
            Topology.Peer peer = topology.peers().get(i);
            boolean ended = runner.end.get() != NOT_YET;
            long end = ended ? runner.end.get() : System.nanoTime();
            all.add(
                    new Result.Finish(
                            peer.group(),
                            (end - start) / 1e9,
                            topology.ownBound(peer, setting.bytes()),
                            failure(runner.download, runner.process, ended, file)));
        }
        return all;
    }

    /// Waits for all, as long as a run may take; those that go on afterwards by what they say.
    private void await(List<Runner> runners, long start) {
        Wait.until(
                "all peers are complete",
                setting.limit().plusMinutes(1),
                () -> {
                    boolean all = true;
                    for (Runner runner : runners) {
                        all &= runner.isOver();
                    }
                    return all || System.nanoTime() - start > setting.limit().toNanos();
                });
    }

    private String failure(
            Contestant.Download download, Running process, boolean ended, Nginx.File file) {
        String host = download.host().namespace();
        if (!ended) {
            return "%s was not complete within %d s".formatted(host, setting.limit().toSeconds());
        }
        if (!process.alive() && process.await(Duration.ofSeconds(1)) != 0) {
            return host + ": " + process;
        }
        if (!download.endsByItself() && !process.alive()) {
            return host + " ended though it should seed: " + process;
        }
        if (!Files.exists(download.output())) {
            return host + " has no " + download.output();
        }
        String digest = Digests.sha256(download.output());
        return digest.equals(file.sha256()) ? "" : host + " has wrong bytes: SHA-256 " + digest;
    }
}
