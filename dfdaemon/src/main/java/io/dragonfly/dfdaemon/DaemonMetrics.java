// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.VersionText;
import io.dragonfly.peer.DownloadStatus;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// What the daemon counts, in a registry of its own.
final class DaemonMetrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final Counter downloads;
    private final Counter bytes;
    private final Histogram seconds;
    private final ProxyMetrics proxy;

    DaemonMetrics() {
        proxy = new ProxyMetrics(registry);
        downloads =
                Counter.builder()
                        .name("dragonfly_dfdaemon_downloads_total")
                        .help("Downloads that ended, by result: done or the failure's word.")
                        .labelNames("result")
                        .register(registry);
        bytes =
                Counter.builder()
                        .name("dragonfly_dfdaemon_download_bytes_total")
                        .help("Verified bytes of ended downloads, by where they came from.")
                        .labelNames("from")
                        .register(registry);
        seconds =
                Histogram.builder()
                        .name("dragonfly_dfdaemon_download_seconds")
                        .help("Duration of the downloads that succeeded.")
                        .classicOnly()
                        .classicUpperBounds(.01, .1, .3, 1, 3, 10, 30, 100, 300, 1000, 3000)
                        .register(registry);
        Info.builder()
                .name("dragonfly_dfdaemon_build_info")
                .help("The version that runs.")
                .labelNames("version")
                .register(registry)
                .addLabelValues(VersionText.version());
    }

    /// What is asked for at each scrape.
    void observe(DownloadTable table, Engine engine) {
        GaugeWithCallback.builder()
                .name("dragonfly_dfdaemon_downloads_running")
                .help("Downloads that somebody is interested in.")
                .callback(callback -> callback.call(table.size()))
                .register(registry);
        CounterWithCallback.builder()
                .name("dragonfly_dfdaemon_served_bytes_total")
                .help("Bytes sent to other peers.")
                .callback(callback -> callback.call((double) engine.servedBytes()))
                .register(registry);
        CounterWithCallback.builder()
                .name("dragonfly_dfdaemon_received_bytes_total")
                .help("Bytes received from other peers and supernodes.")
                .callback(callback -> callback.call((double) engine.receivedBytes()))
                .register(registry);
    }

    /// For the registry mirror and proxy.
    ProxyMetrics proxy() {
        return proxy;
    }

    void ended(String result, DownloadStatus status, long nanos) {
        downloads.labelValues(result).inc();
        bytes.labelValues("peers").inc(status.fromPeers());
        bytes.labelValues("supernode").inc(status.fromSupernode());
        bytes.labelValues("origin").inc(status.fromOrigin());
        bytes.labelValues("store").inc(status.fromStore());
        if (result.equals("done")) {
            seconds.observe(nanos / 1e9);
        }
    }

    String contentType() {
        return PrometheusTextFormatWriter.CONTENT_TYPE;
    }

    byte[] text() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream(4096);
        writer.write(text, registry.scrape());
        return text.toByteArray();
    }
}
