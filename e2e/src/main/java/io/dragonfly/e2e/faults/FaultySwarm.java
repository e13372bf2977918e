// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.faults;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Site;
import io.dragonfly.e2e.Wait;
import io.dragonfly.e2e.bench.ShapedHosts;
import io.dragonfly.e2e.bench.Topology;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/// One file to all hosts of a bed while things go wrong. What must hold: every host gets the file
/// in time and byte for byte; who was not hit himself does not even notice; who was runs the same
/// command again.
public final class FaultySwarm {
    /// A host whose daemon dies again and again would otherwise run on for ever.
    private static final int MOST_ATTEMPTS = 10;

    private final Site site;
    private final ShapedHosts hosts;
    private final FaultPlan plan;
    private final Consumer<String> log;
    private final Nginx origin;
    private final Victims victims;
    private final List<Attempt> attempts = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /// The download of one peer.
    private static final class Attempt {
        private final int peer;
        private final Path output;
        private Running process;
        private int count = 1;
        private boolean over;

        Attempt(int peer, Path output, Running process) {
            this.peer = peer;
            this.output = output;
            this.process = process;
        }
    }

    /// A fault's begin or its end.
    private record Step(double at, boolean begins, FaultPlan.Event event) {}

    /// Starts origin, supernode and daemons.
    ///
    /// @param log takes a line for each thing that happens
    public FaultySwarm(
            Site site, Topology topology, long diskBytes, FaultPlan plan, Consumer<String> log) {
        this.site = site;
        this.plan = plan;
        this.log = log;
        hosts = new ShapedHosts(site, topology);
        origin = new Nginx(site, hosts.origin());
        victims = new Victims(site, hosts, origin, diskBytes);
    }

    /// Plays the plan.
    ///
    /// @param limit from the start until the last host must have the file
    /// @return what went wrong that must not; empty where all is well
    public List<String> play(long bytes, long seed, Duration limit) throws IOException {
        Nginx.File file = origin.file("content", seed, bytes);
        PriorityQueue<Step> steps = new PriorityQueue<>((a, b) -> Double.compare(a.at(), b.at()));
        for (FaultPlan.Event event : plan.events()) {
            steps.add(new Step(event.at(), true, event));
            steps.add(new Step(event.end(), false, event));
        }
        for (int peer = 0; peer < hosts.peers().size(); peer++) {
            Path output = site.path("p" + peer).resolve("out");
            attempts.add(new Attempt(peer, output, victims.dfget(peer, file.url(), output)));
        }
        long start = System.nanoTime();
        Wait.until(
                "the end of the swarm with faults",
                limit.plusMinutes(1),
                () -> {
                    double now = (System.nanoTime() - start) / 1e9;
                    while (!steps.isEmpty() && steps.element().at() <= now) {
                        apply(steps.remove(), now);
                    }
                    attempts.forEach(attempt -> look(attempt, file, now));
                    // What is left of the plan happens to nobody.
                    return attempts.stream().allMatch(attempt -> attempt.over)
                            || now > limit.toSeconds();
                });
        judge(file, limit);
        return failures;
    }

    private void apply(Step step, double now) {
        say(now, (step.begins() ? "begins: " : "ends: ") + step.event());
        if (step.begins()) {
            victims.begin(step.event());
        } else {
            victims.end(step.event());
        }
    }

    private void look(Attempt attempt, Nginx.File file, double now) {
        if (attempt.over || attempt.process.alive()) {
            return;
        }
        int status = attempt.process.await(Duration.ofSeconds(1));
        if (status == 0) {
            say(now, "p%d is complete".formatted(attempt.peer));
            attempt.over = true;
        } else if (!plan.excuses(attempt.peer, status) || attempt.count >= MOST_ATTEMPTS) {
            failures.add("p%d failed: %s".formatted(attempt.peer, attempt.process));
            attempt.over = true;
        } else if (victims.canDownload(attempt.peer)) {
            attempt.count++;
            say(now, "p%d ended with %d and tries again".formatted(attempt.peer, status));
            attempt.process = victims.dfget(attempt.peer, file.url(), attempt.output);
        }
    }

    private void judge(Nginx.File file, Duration limit) throws IOException {
        for (Attempt attempt : attempts) {
            String name = "p" + attempt.peer;
            if (!attempt.over) {
                failures.add(
                        "%s was not complete within %d s: %s"
                                .formatted(name, limit.toSeconds(), attempt.process));
            } else if (Files.exists(attempt.output)
                    && !plan.corrupts(attempt.peer)
                    && !Digests.sha256(attempt.output).equals(file.sha256())) {
                failures.add(name + " has wrong bytes");
            }
        }
        failures.addAll(victims.died());
    }

    private void say(double now, String what) {
        log.accept(String.format(Locale.ROOT, "%6.1f s  %s", now, what));
    }
}
