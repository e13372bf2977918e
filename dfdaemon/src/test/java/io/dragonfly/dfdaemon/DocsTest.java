// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.ReferencePage;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
    void thePageOfTheApiNamesEveryRoute() throws IOException {
        String page = Files.readString(Path.of("../docs/reference/daemon-api.md"));
        assertThat(page)
                .contains("POST /v1/downloads", "GET /v1/downloads", "GET /v1/downloads/{id}")
                .contains("GET /v1/downloads/{id}/content", "DELETE /v1/downloads/{id}")
                .contains("GET /v1/health", "GET /v1/version", "GET /metrics");
    }
}
