// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.cli.ReferencePage;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.DownloadStatus.Phase;
import io.dragonfly.proxy.ProxyMeter;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The page follows from the code; `-Ddocs.update=true` writes it anew.
final class DocsTest {
    @Test
    void theReferencePageIsTheOptionModelAndTheHelpFits() throws IOException {
        Path page = Path.of("../docs/reference/dfdaemon.md");
        String text = ReferencePage.of(Main.commandLine(), Main.DEFAULT_CONFIG.toString());
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(page, text);
        }
        assertThat(page).hasContent(text);
        assertThat(Main.commandLine().getUsageMessage().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void thePageOfMetricsNamesWhatIsServed() throws IOException {
        FakeEngine engine = new FakeEngine();
        DaemonMetrics metrics = new DaemonMetrics();
        metrics.observe(
                new DownloadTable(
                        engine, new DfdaemonConfig.Downloads(1, 1), Places.self(), Places.root()),
                engine);
        // What has labels is shown from the first download on.
        metrics.ended("done", ended(), 1);
        metrics.proxy().answered(ProxyMeter.Answer.SWARM);
        metrics.proxy().upstream(ProxyMeter.Asked.BLOB);
        metrics.proxy().firstByte(ProxyMeter.Answer.SWARM, 1);
        metrics.proxy().bytes(false, 1);
        metrics.proxy().ended(ended());
        Path page = Path.of("../docs/reference/metrics.md");
        String text =
                ReferencePage.metrics(
                        Files.readString(page), "dfdaemon", new String(metrics.text(), UTF_8));
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(page, text);
        }
        assertThat(text)
                .contains("| `dragonfly_dfdaemon_downloads_total` | counter |")
                .contains("| `dragonfly_dfdaemon_download_seconds` | histogram |");
        assertThat(page).hasContent(text);
    }

    private static DownloadStatus ended() {
        return new DownloadStatus(
                1, Phase.DONE, "", "", 0, 0, 0, 0, 0, 0, "", "", "", Map.of(), Map.of(), null);
    }

    @Test
    void thePageOfTheApiNamesEveryRoute() throws IOException {
        String page = Files.readString(Path.of("../docs/reference/daemon-api.md"));
        assertThat(page)
                .contains("POST /v1/downloads", "GET /v1/downloads", "GET /v1/downloads/{id}")
                .contains("GET /v1/downloads/{id}/content", "DELETE /v1/downloads/{id}")
                .contains("GET /v1/health", "GET /v1/version", "GET /metrics");
    }
}
