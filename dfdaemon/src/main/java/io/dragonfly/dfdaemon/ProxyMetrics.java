// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.proxy.ProxyMeter;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.Locale;

/// What the registry mirror and proxy counts.
final class ProxyMetrics implements ProxyMeter {
    private final Counter requests;
    private final Counter upstreams;
    private final Counter sent;
    private final Counter received;
    private final Histogram firstByte;

    ProxyMetrics(PrometheusRegistry registry) {
        requests =
                Counter.builder()
                        .name("dragonfly_dfdaemon_proxy_requests_total")
                        .help(
                                "Requests to the registry mirror and proxy, by how they were"
                                        + " answered.")
                        .labelNames("answer")
                        .register(registry);
        upstreams =
                Counter.builder()
                        .name("dragonfly_dfdaemon_proxy_upstream_requests_total")
                        .help("Requests that it sent to registries and others, by what for.")
                        .labelNames("kind")
                        .register(registry);
        sent =
                Counter.builder()
                        .name("dragonfly_dfdaemon_proxy_sent_bytes_total")
                        .help("Bytes of answers, by whether the engine or an upstream gave them.")
                        .labelNames("from")
                        .register(registry);
        received =
                Counter.builder()
                        .name("dragonfly_dfdaemon_proxy_download_bytes_total")
                        .help(
                                "Verified bytes of its downloads, by where they came from; those"
                                        + " who share a download count it each.")
                        .labelNames("from")
                        .register(registry);
        firstByte =
                Histogram.builder()
                        .name("dragonfly_dfdaemon_proxy_first_byte_seconds")
                        .help("Time from a request's head to the first byte of its content.")
                        .labelNames("answer")
                        .classicOnly()
                        .classicUpperBounds(.005, .01, .03, .1, .3, 1, 3, 10, 30)
                        .register(registry);
    }

    @Override
    public void answered(Answer how) {
        requests.labelValues(word(how)).inc();
    }

    @Override
    public void upstream(Asked what) {
        upstreams.labelValues(word(what)).inc();
    }

    @Override
    public void firstByte(Answer how, long nanos) {
        firstByte.labelValues(word(how)).observe(nanos / 1e9);
    }

    @Override
    public void bytes(boolean upstream, long count) {
        sent.labelValues(upstream ? "upstream" : "engine").inc(count);
    }

    @Override
    public void ended(DownloadStatus status) {
        received.labelValues("peers").inc(status.fromPeers());
        received.labelValues("supernode").inc(status.fromSupernode());
        received.labelValues("origin").inc(status.fromOrigin());
        received.labelValues("store").inc(status.fromStore());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
