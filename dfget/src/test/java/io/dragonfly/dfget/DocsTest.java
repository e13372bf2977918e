// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.ReferencePage;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The page follows from the code; `-Ddocs.update=true` writes it anew.
final class DocsTest {
    @Test
    void theReferencePageIsTheOptionModel() throws IOException {
        Path page = Path.of("../docs/reference/dfget.md");
        String text = ReferencePage.of(Main.commandLine(), Main.DEFAULT_CONFIG.toString());
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(page, text);
        }
        assertThat(page).hasContent(text);
    }

    @Test
    void theHelpFits80Columns() {
        assertThat(Main.commandLine().getUsageMessage().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }
}
