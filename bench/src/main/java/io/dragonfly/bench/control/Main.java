// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.control;

import io.dragonfly.bench.ProcessUse;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Virtual peers for a supernode that runs: what its control protocol costs. `bench/control` starts
/// it; see [Plan] for the options.
public final class Main {
    private static final double SECOND = 1e9;

    private final Plan plan;
    private final LongSupplier nanoTime;
    private final PrintStream out;

    private Main(Plan plan, LongSupplier nanoTime, PrintStream out) {
        this.plan = plan;
        this.nanoTime = nanoTime;
        this.out = out;
    }

    public static void main(String... args) throws IOException {
        try {
            new Main(Plan.of(args), System::nanoTime, System.out).run();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private void run() throws IOException {
        String run = "v" + ProcessHandle.current().pid();
        if (plan.warm()) {
            try (Swarm first = new Swarm(plan.withPeers(1), run + "w", nanoTime)) {
                first.connect();
                first.announce();
                first.run(nanoTime.getAsLong() + 600_000_000_000L, () -> false);
            }
        }
        try (Swarm swarm = new Swarm(plan, run, nanoTime)) {
            long began = nanoTime.getAsLong();
            swarm.connect();
            say("connected-seconds %.2f", (nanoTime.getAsLong() - began) / SECOND);
            measure(swarm);
        }
    }

    private void measure(Swarm swarm) throws IOException {
        long began = nanoTime.getAsLong();
        ProcessUse connected = use();
        long before = swarm.received();
        swarm.announce();
        if (plan.skip() > 0) {
            swarm.run(began + plan.skip() * 1_000_000_000L, () -> false);
        }
        swarm.measure();
        long from = nanoTime.getAsLong();
        ProcessUse start = use();
        long reportedBefore = swarm.reported();
        swarm.run(began + plan.seconds() * 1_000_000_000L, () -> false);
        double seconds = (nanoTime.getAsLong() - from) / SECOND;
        ProcessUse end = use();
        long reported = swarm.reported() - reportedBefore;
        long length = swarm.one().length();
        say(
                "peers %d ranges %d completed %d",
                plan.peers(), swarm.one().ranges(), swarm.completed());
        say(
                "seconds %.2f reported %d reported-per-second %.0f",
                seconds, reported, reported / seconds);
        Latencies latencies = swarm.latencies();
        say(
                "latency-ms p50 %.2f p90 %.2f p99 %.2f p99.9 %.2f of %d",
                latencies.millis(0.5),
                latencies.millis(0.9),
                latencies.millis(0.99),
                latencies.millis(0.999),
                latencies.count());
        double each = (double) (swarm.received() - before) / plan.peers();
        say("control-bytes-per-peer %.0f share-of-content-percent %.5f", each, 100 * each / length);
        if (connected != null && start != null && end != null) {
            double cpu = end.cpuSeconds() - start.cpuSeconds();
            say("supernode-cpu-seconds %.2f reported-per-cpu-second %.0f", cpu, reported / cpu);
            say(
                    "supernode-rss-mib connected %d end %d peak %d",
                    connected.residentBytes() >> 20,
                    end.residentBytes() >> 20,
                    end.peakBytes() >> 20);
        }
    }

    private @Nullable ProcessUse use() throws IOException {
        return plan.pid() == 0 ? null : ProcessUse.of(plan.pid());
    }

    private void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
