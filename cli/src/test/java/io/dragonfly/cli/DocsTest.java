// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The page follows from the code; `-Ddocs.update=true` writes it anew.
final class DocsTest {
    @Test
    void thePageOfExitCodesIsTheTable() throws IOException {
        Path page = Path.of("../docs/reference/exit-codes.md");
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(page, ReferencePage.exitCodes());
        }
        assertThat(page).hasContent(ReferencePage.exitCodes());
    }
}
