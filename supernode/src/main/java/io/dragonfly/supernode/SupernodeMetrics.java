// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.net.piece.PieceCounters;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/// What a supernode counts, in Prometheus' text form. Thread-safe.
final class SupernodeMetrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.builder().build();

    final LongAdder originBytes = new LongAdder();
    final LongAdder originReadings = new LongAdder();
    final LongAdder originFailures = new LongAdder();
    final LongAdder registrations = new LongAdder();
    final LongAdder refusals = new LongAdder();
    final LongAdder rangeFailures = new LongAdder();

    SupernodeMetrics(SwarmLoop loop, PieceCounters pieces) {
        counter("origin_bytes", "Bytes read from origins.", originBytes::sum);
        counter("origin_readings", "Contents that were begun to be read.", originReadings::sum);
        counter("origin_failures", "Readings that failed.", originFailures::sum);
        counter("registrations", "Tasks asked for by peers.", registrations::sum);
        counter("refusals", "Registrations that were refused.", refusals::sum);
        counter("range_failures", "Ranges that peers could not get.", rangeFailures::sum);
        counter(
                "ignored_complaints",
                "Complaints about parents that the complainer did not fetch from.",
                () -> loop.ask(SwarmLoop::ignoredComplaints));
        counter("decisions", "Events that the scheduler was given.", loop::decisions);
        counter(
                "uploaded_bytes",
                "Bytes sent by the seed's piece server.",
                () -> pieces.get(PieceCounters.Count.BYTES_SENT));
        gauge("peers", "Connected peers.", () -> loop.ask(l -> l.peers().size()));
        gauge("swarms", "Versions given out.", () -> loop.ask(l -> l.swarms().size()));
        gauge("loop_queue", "Events waiting for the swarm loop.", loop::queued);
    }

    private interface LongValue {
        long now();
    }

    private void counter(String name, String help, LongValue value) {
        CounterWithCallback.builder()
                .name("dragonfly_supernode_" + name + "_total")
                .help(help)
                .callback(callback -> callback.call((double) value.now()))
                .register(registry);
    }

    private void gauge(String name, String help, LongValue value) {
        GaugeWithCallback.builder()
                .name("dragonfly_supernode_" + name)
                .help(help)
                .callback(callback -> callback.call((double) value.now()))
                .register(registry);
    }

    String contentType() {
        return writer.getContentType();
    }

    byte[] scrape() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(out, registry.scrape());
        return out.toByteArray();
    }
}
